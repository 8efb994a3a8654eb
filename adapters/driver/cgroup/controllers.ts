import { attempt, readText, UnreadableFileError } from "../../shared/kernel_files/read_file.ts";

/** The names in `cgroup.controllers` or `cgroup.subtree_control`; none when it cannot be read. */
export async function readControllers(path: string): Promise<string[]> {
  const names = await attempt(readText(path, (text) => text.split(/\s+/).filter((name) => name !== "")));
  return names instanceof UnreadableFileError ? [] : names;
}
