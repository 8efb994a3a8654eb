import type { DirectoryFact, DirectoryState } from "../../../core/operations/ports/node_facts.ts";
import { isFromSystem } from "../../shared/files/os_reason.ts";
import { mayWriteTo } from "./libc.ts";

/** Looks at a directory without touching it. Never rejects for what is there. */
export async function directoryFact(path: string): Promise<DirectoryFact> {
  return { path, state: await stateOf(path) };
}

async function stateOf(path: string): Promise<DirectoryState> {
  try {
    if (!(await Deno.stat(path)).isDirectory) return "no directory";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    if (error instanceof Deno.errors.PermissionDenied) return "unknown";
    // As a link to itself.
    if (isFromSystem(error)) return "no directory";
    throw error;
  }
  const writable = mayWriteTo(path);
  if (writable === undefined) return "unknown";
  return writable ? "writable" : "not writable";
}
