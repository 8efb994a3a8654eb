import { join } from "node:path";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { type CheckpointedClaim, CheckpointTextError } from "../../driver/cdi/checkpoint_text.ts";
import { isSpecFile, readSpecFile } from "../../driver/cdi/spec_file.ts";
import { isFromSystem, osReason } from "../../shared/files/os_reason.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** What is in the checkpoint. */
export interface CheckpointedClaims {
  readonly claims: readonly PreparedClaim[];
  /** What is wrong with each file that is no checkpoint. */
  readonly damaged: readonly string[];
}

/**
 * Reads which claims are in the checkpoint of a CDI directory, and changes nothing there: for commands that look while the
 * driver may be running. Claims of another boot are none. No directory means no claims. Throws {@link OperatorError}
 * when the directory or a file of it cannot be read.
 */
export async function checkpointedClaims(directory: string, bootId: string): Promise<CheckpointedClaims> {
  const claims: PreparedClaim[] = [], damaged: string[] = [];
  for (const name of await specFiles(directory)) {
    const found = await readIfThere(join(directory, name));
    if (found instanceof CheckpointTextError) damaged.push(`${join(directory, name)}: ${found.message}`);
    else if (found?.bootId === bootId) claims.push(found.claim);
  }
  return { claims, damaged };
}

/** The names of the claims' files in a CDI directory. Throws {@link OperatorError} when it cannot be read. */
export async function specFiles(directory: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries.filter(({ isFile, name }) => isFile && isSpecFile(name)).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw unreadable(directory, error);
  }
}

/** A claim can be released between the look at the directory and the one at its file. */
async function readIfThere(path: string): Promise<CheckpointedClaim | CheckpointTextError | undefined> {
  try {
    return await readSpecFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): unknown {
  if (!isFromSystem(cause)) return cause;
  return new OperatorError(
    `Cannot read the claims in ${path}: ${osReason(cause)} (is --cdi-dir right, and is this root?)`,
    { cause },
  );
}
