import { basename } from "node:path";
import type { ClaimUid } from "../../../core/values/ids.ts";
import { type RecordedClaim, RecordError } from "./record.ts";
import { cdiKind, recordOfSpec } from "./spec.ts";

const prefix = `${cdiKind.replace("/", "-")}_`;
const suffix = ".json";
/** No name that a runtime would read as a specification. */
const temporarySuffix = `${suffix}.tmp`;

/** Far above any claim's specification (32 results at most), far below what could hurt. */
const maxSpecBytes = 1 << 20;

/**
 * The name of a claim's file, as CDI wants it for devices that come and go (SPEC.md: `<vendor>-<class>_<id>`). The
 * uid has no character that could lead out of the directory, see `claimUid`.
 */
export function specFileName(uid: ClaimUid): string {
  return `${prefix}${uid}${suffix}`;
}

/** The name of a claim's file while it is being written. */
export function temporaryFileName(uid: ClaimUid): string {
  return `${prefix}${uid}${temporarySuffix}`;
}

/** Whether a file in the CDI directory is a claim's. */
export function isSpecFile(name: string): boolean {
  return name.startsWith(prefix) && name.endsWith(suffix);
}

/** Whether a file in the CDI directory is one that was being written. */
export function isTemporaryFile(name: string): boolean {
  return name.startsWith(prefix) && name.endsWith(temporarySuffix);
}

/** Reads a claim's file. Resolves with the error when what stands in it is no record of that claim. */
export async function readSpecFile(path: string): Promise<RecordedClaim | RecordError> {
  if ((await Deno.stat(path)).size > maxSpecBytes) {
    return new RecordError(`Cannot read ${path}: it is too large`);
  }
  try {
    const recorded = recordOfSpec(await Deno.readTextFile(path));
    const { uid } = recorded.claim.reference;
    if (basename(path) === specFileName(uid)) return recorded;
    return new RecordError(`Cannot read ${path}: it holds the record of another claim, ${uid}`);
  } catch (error) {
    if (error instanceof RecordError) return error;
    throw error;
  }
}
