import { TopologyError, type TopologySource } from "../../../core/ports/topology_source.ts";
import type { Topology } from "../../../core/topology/topology.ts";
import { parseAuxvPageSize } from "../../shared/kernel_files/auxv.ts";
import { parseMemTotal } from "./meminfo.ts";
import { readNodeList } from "./node_list.ts";
import { putTogether, type Readings, readNodes, readOneNode } from "./readings.ts";
import {
  attempt,
  isMissing,
  listDirectory,
  readFile,
  readText,
  UnreadableFileError,
} from "../../shared/kernel_files/read_file.ts";
import { SavedVmemmap } from "./vmemmap.ts";
import type { TopologyRoots } from "./topology_roots.ts";

/**
 * Reads the topology from sysfs and procfs, anew each time. Needs Deno's `--allow-all`.
 *
 * Nothing is guessed: a copy that lacks some of the files is one for {@link CopiedTopology}. The files are read one by one, so that what the kernel changes meanwhile shows partly; a node that goes
 * offline meanwhile is one with unreadable parts until the next reading.
 */
export class SysfsTopology implements TopologySource {
  readonly #roots: TopologyRoots;
  readonly #vmemmap: SavedVmemmap;

  constructor(roots: TopologyRoots) {
    this.#roots = roots;
    this.#vmemmap = new SavedVmemmap(roots.procfsRoot);
  }

  async read(): Promise<Topology> {
    const { sysfsRoot, procfsRoot } = this.#roots;
    const [auxv, meminfo, nodeList] = await Promise.all([
      attempt(readFile(`${procfsRoot}/self/auxv`, parseAuxvPageSize)),
      attempt(readText(`${procfsRoot}/meminfo`, (text) => parseMemTotal(text))),
      attempt(readNodeList(`${sysfsRoot}/devices/system/node`)),
    ]);
    const pageSize = essential(auxv, "copy the machine's /proc/self/auxv there: it tells the page size");
    const machineMemoryBytes = essential(meminfo, "copy the machine's /proc/meminfo there");
    const list = essential(nodeList);
    const readings = list === undefined
      ? await this.#readOneNode(machineMemoryBytes)
      : await readNodes(this.#roots, list);
    const topology = putTogether(readings);
    const nodes = await this.#vmemmap.applied(topology.nodes, pageSize);
    return { pageSize, machineMemoryBytes, assumed: [], ...topology, nodes };
  }

  async #readOneNode(memoryBytes: bigint): Promise<Readings> {
    // Each kernel has this directory. Without it the path is wrong, and one node would be a wrong answer.
    essential(
      await attempt(listDirectory(`${this.#roots.sysfsRoot}/devices/system`)),
      "is this a copy of /sys?",
    );
    return await readOneNode(this.#roots, memoryBytes);
  }
}

function essential<T>(result: T | UnreadableFileError, remedyIfMissing?: string): T {
  if (!(result instanceof UnreadableFileError)) return result;
  const { path, reason } = result;
  const remedy = remedyIfMissing !== undefined && isMissing(result) ? ` (${remedyIfMissing})` : "";
  throw new TopologyError(path, `${reason}${remedy}`, { cause: result });
}
