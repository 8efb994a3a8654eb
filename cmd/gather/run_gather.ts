import { dirname, resolve } from "node:path";
import { gzip } from "../../adapters/operations/archive/gzip.ts";
import { tar } from "../../adapters/operations/archive/tar.ts";
import type { GatherOptions } from "./gather_options.ts";
import { gatherParts } from "./gathering.ts";
import { partsOf } from "./gathered_parts.ts";
import { printLine, printText } from "../ui/output.ts";
import { osReason } from "../../adapters/shared/files/os_reason.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** Commands of the host that do not answer are given up after 20 seconds each, a part as a whole after this. */
const partMilliseconds = 60_000;

/** Writes the archive, or leaves nothing behind. Throws {@link OperatorError}. */
export async function runGather(file: string | undefined, options: GatherOptions): Promise<void> {
  const now = new Date();
  const node = (options.nodeName ?? Deno.hostname()).replace(/[^A-Za-z0-9.-]+/g, "_").slice(0, 100);
  const name = `dramemory-${node}-${now.toISOString().replace(/[-:]|\.\d+/g, "")}`;
  const path = file === "-" ? undefined : resolve(file ?? `${name}.tar.gz`);
  if (path !== undefined) await requireNew(path);
  const files = await gatherParts(partsOf(options), partMilliseconds);
  const encoder = new TextEncoder();
  const entries = files.map(({ path, content }) => ({
    path: `${name}/${path}`,
    type: "file" as const,
    content: typeof content === "string" ? encoder.encode(content) : content,
  }));
  const archive = await gzip(await tar(entries, now));
  if (path === undefined) return void printText(archive);
  await writeNew(path, archive);
  const missing = files.find(({ path }) => path === "errors.txt")?.content ?? "";
  const count = String(missing).split("\n").length - 1;
  printLine(`Wrote ${path}${count === 0 ? "" : ` (${count} parts could not be had, see errors.txt in it)`}`);
}

/** Told at once, and not after a minute of gathering. */
async function requireNew(path: string): Promise<void> {
  const directory = dirname(path);
  const [found, above] = await Promise.all([kindOf(path), kindOf(directory)]);
  if (found === "directory") throw unwritten(path, "it is a directory (name a file in it)");
  if (found !== undefined) throw unwritten(path, alreadyThere);
  if (above === undefined) throw unwritten(path, `there is no directory ${directory}`);
}

async function kindOf(path: string): Promise<"directory" | "other" | undefined> {
  try {
    return (await Deno.stat(path)).isDirectory ? "directory" : "other";
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw unwritten(path, reasonOf(cause), cause);
  }
}

function unwritten(path: string, reason: string, cause?: unknown): OperatorError {
  return new OperatorError(`Cannot write ${path}: ${reason}`, { cause });
}

function reasonOf(cause: unknown): string {
  const remedy = cause instanceof Deno.errors.PermissionDenied ? " (name a file where you may write)" : "";
  return osReason(cause) + remedy;
}

const alreadyThere = "it is there already (remove it or name another file)";

/** Never overwrites, and lets its owner alone read what it wrote. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  let created = false;
  try {
    const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
    created = true;
    try {
      for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
    } finally {
      file.close();
    }
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    if (created) await Deno.remove(path);
    throw unwritten(path, cause instanceof Deno.errors.AlreadyExists ? alreadyThere : reasonOf(cause), cause);
  }
}
