import type { NumaNodeId } from "../../../core/values/ids.ts";
import type { PageSize } from "../../../core/values/page_size.ts";
import { TopologyError, type TopologySource } from "../../../core/ports/topology_source.ts";
import { hugepagesResource, memoryResource } from "../../../core/values/resource_name.ts";
import type { Topology, UnreadablePart } from "../../../core/topology/topology.ts";
import { parseAuxvPageSize } from "../../shared/kernel_files/auxv.ts";
import { type PoolSizes, readPoolSizes } from "./hugepage_pools.ts";
import { parseMemTotal } from "./meminfo.ts";
import { type NodeList, readNodeList } from "./node_list.ts";
import { type NodeReading, readNode, unreadablePart } from "./node_reading.ts";
import {
  attempt,
  isMissing,
  listDirectory,
  readFile,
  readText,
  UnreadableFileError,
} from "../../shared/kernel_files/read_file.ts";
import { readSingleNode } from "./single_node.ts";
import type { TopologyRoots } from "./topology_roots.ts";

/** The parts of a machine's topology before they are put together. */
interface Readings {
  readonly nodes: readonly NodeReading[];
  readonly offline: readonly NumaNodeId[];
  readonly globalPools: PoolSizes;
  readonly failures: readonly UnreadableFileError[];
}

/**
 * Reads the topology from sysfs and procfs, anew each time. Needs Deno's `--allow-all`.
 *
 * The files are read one by one, so that what the kernel changes meanwhile shows partly; a node that goes
 * offline meanwhile is one with unreadable parts until the next reading.
 */
export class SysfsTopology implements TopologySource {
  readonly #roots: TopologyRoots;

  constructor(roots: TopologyRoots) {
    this.#roots = roots;
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
      ? await this.#readSingleNode(machineMemoryBytes)
      : await this.#readNodes(list);
    return { pageSize, machineMemoryBytes, ...putTogether(readings) };
  }

  /** Node after node, each with its files at once: all together a large machine would need hundreds open. */
  async #readNodes({ online, offline, failures }: NodeList): Promise<Readings> {
    const { sysfsRoot } = this.#roots;
    const globalPools = await readPoolSizes(`${sysfsRoot}/kernel/mm/hugepages`);
    const nodes: NodeReading[] = [];
    for (const id of online) {
      nodes.push(await readNode(`${sysfsRoot}/devices/system/node/node${id}`, id, online));
    }
    return { nodes, offline, globalPools, failures };
  }

  async #readSingleNode(memoryBytes: bigint): Promise<Readings> {
    // Each kernel has this directory. Without it the path is wrong, and one node would be a wrong answer.
    essential(
      await attempt(listDirectory(`${this.#roots.sysfsRoot}/devices/system`)),
      "is this a copy of /sys?",
    );
    const node = await readSingleNode(this.#roots, memoryBytes);
    return { nodes: [node], offline: [], globalPools: { pageSizes: [], failures: [] }, failures: [] };
  }
}

function essential<T>(result: T | UnreadableFileError, remedyIfMissing?: string): T {
  if (!(result instanceof UnreadableFileError)) return result;
  const { path, reason } = result;
  const remedy = remedyIfMissing !== undefined && isMissing(result) ? ` (${remedyIfMissing})` : "";
  throw new TopologyError(path, `${reason}${remedy}`, { cause: result });
}

function putTogether(
  { nodes, offline, globalPools, failures }: Readings,
): Pick<Topology, "hugepageSizes" | "nodes" | "offlineNodes" | "unreadable"> {
  const sizes = new Set(
    [globalPools, ...nodes.map(({ hugepages }) => hugepages)].flatMap((r) => r.pageSizes),
  );
  const hugepageSizes = [...sizes].sort((a, b) => Number(a - b));
  return {
    hugepageSizes,
    nodes: nodes.map(({ id, cpus, distances, memoryBytes, hugepages }) => (
      { id, cpus, distances, memoryBytes, hugepages: hugepages.pools }
    )),
    offlineNodes: offline,
    unreadable: [
      ...failures.map((error) => unreadablePart(error)),
      ...globalPools.failures.map(({ error }) => unreadablePart(error)),
      ...nodes.flatMap((node) => [...node.unreadable, ...unreadablePools(node, hugepageSizes)]),
    ],
  };
}

/** The memory of a node is what its pools leave, so it is unknown as well when one of them is. */
function unreadablePools({ id, hugepages }: NodeReading, known: readonly PageSize[]): UnreadablePart[] {
  return hugepages.failures.flatMap(({ error, pageSizes }) => [
    ...(pageSizes === "every size" ? known : pageSizes).map((size) =>
      unreadablePart(error, id, hugepagesResource(size))
    ),
    unreadablePart(error, id, memoryResource),
  ]);
}
