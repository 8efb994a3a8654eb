import {
  attempt,
  isMissing,
  listDirectory,
  UnreadableFileError,
} from "../../shared/kernel_files/read_file.ts";

/** Where the kubelet keeps the logs of pods, unless its `podLogsDir` says otherwise. */
export const usualPodLogs = "/var/log/pods";

/**
 * The UIDs of the pods of a name that this node has or had lately, by the directories that the kubelet makes for their
 * logs, `<namespace>_<name>_<uid>` (kubelet's `BuildPodLogsDirectory`); neither part can have an underscore. Throws
 * {@link UnreadableFileError}.
 */
export async function podUidsOf(namespace: string, name: string, directory: string): Promise<string[]> {
  const names = await attempt(listDirectory(directory));
  if (names instanceof UnreadableFileError) {
    if (isMissing(names)) return [];
    throw names;
  }
  const prefix = `${namespace}_${name}_`;
  return names.filter((entry) => entry.startsWith(prefix)).map((entry) => entry.slice(prefix.length)).sort();
}
