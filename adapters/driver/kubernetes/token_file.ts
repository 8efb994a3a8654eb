import type { KeptFile } from "../../shared/files/kept_file.ts";

/** The bearer token that is in a file now. Throws Deno's errors, and an Error when the file is empty. */
export function tokenIn(file: KeptFile): string {
  const token = file.read().trim();
  if (token === "") throw new Error(`the token file ${file.path} is empty`);
  return token;
}
