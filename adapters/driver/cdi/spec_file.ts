import { basename } from "node:path";
import { type ClaimUid, claimUid } from "../../../core/values/ids.ts";
import { type FileOperations, systemFileOperations } from "../../shared/files/file_operations.ts";
import { type CheckpointedClaim, CheckpointTextError } from "./checkpoint_text.ts";
import { cdiKind, checkpointOfSpec } from "./spec.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

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

/** The uid in the name of a claim's file; undefined when there can be no such claim. */
export function uidOfSpecFile(name: string): ClaimUid | undefined {
  try {
    return claimUid(name.slice(prefix.length, -suffix.length));
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

/** Reads a claim's file. Resolves with the error when what stands in it is no checkpoint of that claim. */
export async function readSpecFile(
  path: string,
  operations: Pick<FileOperations, "state" | "read"> = systemFileOperations,
): Promise<CheckpointedClaim | CheckpointTextError> {
  if ((await operations.state(path)).size > maxSpecBytes) {
    return new CheckpointTextError(`Cannot read ${path}: it is too large`);
  }
  try {
    const checkpointed = checkpointOfSpec(await operations.read(path));
    const { uid } = checkpointed.claim.reference;
    if (basename(path) === specFileName(uid)) return checkpointed;
    return new CheckpointTextError(`Cannot read ${path}: it holds the checkpoint of another claim, ${uid}`);
  } catch (error) {
    if (error instanceof CheckpointTextError) return error;
    throw error;
  }
}
