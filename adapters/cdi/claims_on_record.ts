import { join } from "node:path";
import type { PreparedClaim } from "../../core/claims/claim.ts";
import { type RecordedClaim, RecordError } from "./record.ts";
import { isSpecFile, readSpecFile } from "./spec_file.ts";

/**
 * Reads which claims are on record in a CDI directory, and changes nothing there: for commands that look while the
 * driver may be running. Claims of another boot are none.
 *
 * Throws {@link RecordError} for a record that is damaged, and Deno's errors when the directory cannot be read. No
 * directory means no claims.
 */
export async function claimsOnRecord(directory: string, bootId: string): Promise<PreparedClaim[]> {
  const claims: PreparedClaim[] = [];
  for (const name of await specFiles(directory)) {
    const recorded = await readIfThere(join(directory, name));
    if (recorded instanceof RecordError) throw recorded;
    if (recorded?.bootId === bootId) claims.push(recorded.claim);
  }
  return claims;
}

async function specFiles(directory: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries.filter(({ isFile, name }) => isFile && isSpecFile(name)).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** A claim can be given back between the look at the directory and the one at its file. */
async function readIfThere(path: string): Promise<RecordedClaim | RecordError | undefined> {
  try {
    return await readSpecFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
