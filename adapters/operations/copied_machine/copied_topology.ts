import { basename } from "node:path";
import type { NumaNodeId } from "../../../core/values/ids.ts";
import { formatIdList } from "../../../core/values/id_list.ts";
import type { PageSize } from "../../../core/values/page_size.ts";
import { TopologyError, type TopologySource } from "../../../core/ports/topology_source.ts";
import type { Topology } from "../../../core/topology/topology.ts";
import { parseMemTotal } from "../../driver/sysfs/meminfo.ts";
import { nodeDirectories, type NodeList, readNodeList } from "../../driver/sysfs/node_list.ts";
import { putTogether, type Readings, readNodes, readOneNode } from "../../driver/sysfs/readings.ts";
import type { TopologyRoots } from "../../driver/sysfs/topology_roots.ts";
import {
  attempt,
  isMissing,
  listDirectory,
  readText,
  UnreadableFileError,
} from "../../shared/kernel_files/read_file.ts";
import { readDefaultHugepageSize } from "../../shared/kernel_files/default_hugepage_size.ts";
import { Assumptions } from "./assumptions.ts";
import { completedNode, type CopiedNode } from "./copied_node.ts";
import { readCopiedPageSize } from "./copied_page_size.ts";

/**
 * Reads the topology of another machine from a copy of its `/sys` and `/proc`, of which much can be missing: others
 * copy what they need themselves. What is missing is inferred from the rest or left out, and stands in
 * {@link Topology.assumed}.
 */
export class CopiedTopology implements TopologySource {
  readonly #roots: TopologyRoots;
  readonly #pageSize: PageSize | undefined;

  /** With the size of a base page, if the caller knows it. */
  constructor(roots: TopologyRoots, pageSize?: PageSize) {
    this.#roots = roots;
    this.#pageSize = pageSize;
  }

  /** Throws {@link TopologyError} when there is neither a node nor the machine's memory. */
  async read(): Promise<Topology> {
    const { procfsRoot } = this.#roots, notes = new Assumptions();
    const [meminfo, list, defaultSize] = await Promise.all([
      attempt(readText(`${procfsRoot}/meminfo`, (text) => parseMemTotal(text))),
      readCopiedNodeList(`${this.#roots.sysfsRoot}/devices/system/node`, notes),
      readDefaultHugepageSize(procfsRoot),
    ]);
    const machineMemoryBytes = meminfo instanceof UnreadableFileError ? undefined : meminfo;
    const readings = await this.#complete(
      list === undefined ? await this.#readOneNode(meminfo, notes) : await readNodes(this.#roots, list),
      { oneNode: list === undefined, machineMemoryBytes, defaultSize, notes },
    );
    const parts = putTogether(readings);
    const sizes = parts.hugepageSizes.length > 0 || defaultSize === undefined
      ? parts.hugepageSizes
      : [defaultSize];
    const pageSize = await readCopiedPageSize(procfsRoot, this.#pageSize, sizes, notes);
    return { ...parts, hugepageSizes: sizes, pageSize, machineMemoryBytes, assumed: notes.lines() };
  }

  async #readOneNode(memoryBytes: bigint | UnreadableFileError, notes: Assumptions): Promise<Readings> {
    const { sysfsRoot } = this.#roots;
    if (memoryBytes instanceof UnreadableFileError) {
      const problem = isMissing(memoryBytes) ? "proc/meminfo is missing" : memoryBytes.message;
      throw new TopologyError(
        sysfsRoot,
        `the copy has no NUMA node (devices/system/node/node<N>), and ${problem} (--procfs-root names it): is it a copy of /sys?`,
      );
    }
    notes.add("one node 0 with all memory, CPUs and hugepages: the copy has no sys/devices/system/node");
    return await readOneNode(this.#roots, memoryBytes);
  }

  async #complete(
    readings: Readings,
    { oneNode, machineMemoryBytes, defaultSize, notes }: {
      readonly oneNode: boolean;
      readonly machineMemoryBytes: bigint | undefined;
      readonly defaultSize: PageSize | undefined;
      readonly notes: Assumptions;
    },
  ): Promise<Readings> {
    const { sysfsRoot, procfsRoot } = this.#roots;
    const knownNodes = [...readings.nodes.map(({ id }) => id), ...readings.offline].sort((a, b) => a - b);
    const filesOf = (id: NumaNodeId): CopiedNode => {
      const directory = `${sysfsRoot}/devices/system/node/node${id}`;
      return {
        directory,
        hugepages: oneNode ? `${sysfsRoot}/kernel/mm/hugepages` : `${directory}/hugepages`,
        meminfo: oneNode
          ? { path: `${procfsRoot}/meminfo`, prefix: "" }
          : { path: `${directory}/meminfo`, prefix: `Node ${id} ` },
        defaultHugepageSize: defaultSize,
        knownNodes,
        wholeMemoryBytes: readings.nodes.length === 1 ? machineMemoryBytes : undefined,
      };
    };
    const nodes = [];
    for (const node of readings.nodes) nodes.push(await completedNode(node, filesOf(node.id), notes));
    return { ...readings, nodes };
  }
}

/**
 * The nodes of a copy: those that its list names, or else those that have a directory. Undefined when there are none.
 */
async function readCopiedNodeList(directory: string, notes: Assumptions): Promise<NodeList | undefined> {
  const list = await attempt(readNodeList(directory));
  if (!(list instanceof UnreadableFileError)) return list;
  const names = await attempt(listDirectory(directory));
  if (names instanceof UnreadableFileError) {
    throw new TopologyError(names.path, names.reason, { cause: names });
  }
  const { nodes, failures } = nodeDirectories(directory, names);
  if (nodes.length === 0) return undefined;
  if (!isMissing(list)) {
    return { online: nodes, offline: [], withNormalMemory: undefined, failures: [list, ...failures] };
  }
  notes.add(
    `online are the nodes that have a directory (${formatIdList(nodes)}): ` +
      `the copy has no sys/devices/system/node/${basename(list.path)}`,
  );
  return { online: nodes, offline: [], withNormalMemory: undefined, failures };
}
