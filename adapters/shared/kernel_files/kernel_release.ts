import { attempt, readText, UnreadableFileError } from "./read_file.ts";

/** What `uname -r` prints; undefined when it cannot be read. */
export async function readKernelRelease(procfsRoot: string): Promise<string | undefined> {
  const release = await attempt(readText(`${procfsRoot}/sys/kernel/osrelease`, (text) => text.trim()));
  return release instanceof UnreadableFileError ? undefined : release;
}
