import { join } from "node:path";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { type CheckpointedClaim, CheckpointTextError } from "../../driver/cdi/checkpoint_text.ts";
import { isSpecFile, readSpecFile } from "../../driver/cdi/spec_file.ts";

/** What is in the checkpoint. */
export interface CheckpointedClaims {
  readonly claims: readonly PreparedClaim[];
  /** What is wrong with each file that is no checkpoint. */
  readonly damaged: readonly string[];
}

/**
 * Reads which claims are in the checkpoint of a CDI directory, and changes nothing there: for commands that look while the
 * driver may be running. Claims of another boot are none. No directory means no claims. Throws Deno's errors when the
 * directory cannot be read.
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

/** The names of the claims' files in a CDI directory. */
export async function specFiles(directory: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries.filter(({ isFile, name }) => isFile && isSpecFile(name)).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** A claim can be released between the look at the directory and the one at its file. */
async function readIfThere(path: string): Promise<CheckpointedClaim | CheckpointTextError | undefined> {
  try {
    return await readSpecFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
