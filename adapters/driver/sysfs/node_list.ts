import type { NumaNodeId } from "../../../core/values/ids.ts";
import { parseNodeList } from "./id_lists.ts";
import {
  attempt,
  isMissing,
  listDirectory,
  readText,
  UnreadableFileError,
} from "../../shared/kernel_files/read_file.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/** The NUMA nodes of a machine. */
export interface NodeList {
  /** Ascending; never empty. */
  readonly online: readonly NumaNodeId[];
  /** Nodes that the kernel could have or had, ascending. */
  readonly offline: readonly NumaNodeId[];
  /** Those with memory outside of ZONE_MOVABLE; undefined where the kernel does not tell. */
  readonly withNormalMemory: readonly NumaNodeId[] | undefined;
  /** What there is and could not be read. The list of online nodes is complete nevertheless. */
  readonly failures: readonly UnreadableFileError[];
}

/**
 * Reads which nodes there are from `devices/system/node`; undefined when the kernel has no NUMA support and
 * therefore no such directory.
 *
 * A node is online if the file `online` says so. Offline are those in `possible`, and those that still have a
 * directory. Throws {@link UnreadableFileError} when the list of online nodes cannot be read.
 */
export async function readNodeList(directory: string): Promise<NodeList | undefined> {
  const [online, possible, normal, names] = await Promise.all([
    attempt(readText(`${directory}/online`, parseNodeList)),
    attempt(readText(`${directory}/possible`, parseNodeList)),
    attempt(readText(`${directory}/has_normal_memory`, parseNodeList)),
    attempt(listDirectory(directory)),
  ]);
  if (names instanceof UnreadableFileError) {
    if (isMissing(names)) return undefined;
    throw names;
  }
  if (online instanceof UnreadableFileError) throw online;
  if (online.length === 0) throw new UnreadableFileError(`${directory}/online`, "names no node");
  const failures = [possible, normal].filter((list) => list instanceof UnreadableFileError)
    .filter((failure) => !isMissing(failure));
  const withNormalMemory = normal instanceof UnreadableFileError ? undefined : normal;
  const directories = nodeDirectories(directory, names);
  const known = new Set([
    ...(possible instanceof UnreadableFileError ? [] : possible),
    ...directories.nodes,
  ]);
  const offline = [...known].filter((id) => !online.includes(id)).sort((a, b) => a - b);
  return { online, offline, withNormalMemory, failures: [...failures, ...directories.failures] };
}

/** The nodes that have a directory, ascending, of the names in `devices/system/node`; and those that cannot be one. */
export function nodeDirectories(
  directory: string,
  names: readonly string[],
): { nodes: NumaNodeId[]; failures: UnreadableFileError[] } {
  const nodes: NumaNodeId[] = [], failures: UnreadableFileError[] = [];
  for (const name of names.filter((name) => /^node\d+$/.test(name)).sort()) {
    try {
      nodes.push(...parseNodeList(name.slice("node".length)));
    } catch (cause) {
      if (!(cause instanceof ParseError)) throw cause;
      failures.push(new UnreadableFileError(`${directory}/${name}`, cause.message, { cause }));
    }
  }
  return { nodes: nodes.sort((a, b) => a - b), failures };
}
