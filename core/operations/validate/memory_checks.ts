import { formatKubernetesPageSize } from "../../values/page_size.ts";
import { TopologyError, type TopologySource } from "../../ports/topology_source.ts";
import { formatIdList } from "../../values/id_list.ts";
import { humanBytes } from "../../values/human_bytes.ts";
import type { PageMoveFacts } from "../ports/node_facts.ts";
import type { Topology } from "../../topology/topology.ts";
import { type CheckResult, fatal, pass, warn } from "./check_result.ts";

/**
 * Checks that there is something to hand out, that the kernel tells the same of it everywhere, and that it leaves it where
 * it was handed out.
 */
export async function checkMemory(source: TopologySource, moves: PageMoveFacts): Promise<CheckResult[]> {
  try {
    const topology = await source.read();
    return [
      checkPools(topology),
      checkNodes(topology),
      ...checkZones(topology),
      ...checkMoves(topology, moves),
    ];
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    return [fatal("node-memory", error.message, "run dramemory on a Linux host with /sys and /proc mounted")];
  }
}

function checkPools({ hugepageSizes, nodes, reservedHugepages }: Topology): CheckResult {
  const name = "hugepage-pools";
  if (hugepageSizes.length === 0) {
    return warn(name, "the kernel has no hugepages", "use a kernel with CONFIG_HUGETLBFS to claim them");
  }
  const pools = nodes.flatMap(({ id, hugepages }) =>
    hugepages.filter(({ total }) => total > 0n).map((pool) => ({ id, ...pool }))
  );
  if (pools.length > 0) {
    const texts = pools.map(({ id, pageSize, total }) =>
      `${total} of ${formatKubernetesPageSize(pageSize)} on node ${id}`
    );
    const reserved = [...reservedHugepages].map(([pageSize, pages]) =>
      `; ${pages} of ${formatKubernetesPageSize(pageSize)} that are free are reserved`
    );
    return pass(name, texts.join(", ") + reserved.join(""));
  }
  const sizes = hugepageSizes.map(formatKubernetesPageSize).join(", ");
  return warn(
    name,
    `every pool is empty (${sizes}): only memory can be claimed`,
    "dramemory setup-hugepages gives the node pages",
  );
}

/** A task that may use no other node cannot write to a pipe there, as a container runtime does. */
function checkZones({ nodes }: Topology): CheckResult[] {
  const movable = nodes.filter(({ movableOnly }) => movableOnly).map(({ id }) => id);
  if (movable.length === 0) return [];
  return [warn(
    "memory-zones",
    `all memory of NUMA node ${
      formatIdList(movable)
    } is in ZONE_MOVABLE: the kernel has none of it for itself, and ` +
      `containers with claims there get another node beside it`,
    "nothing to do if that is what it is for; or bring it online as online_kernel (see /sys/devices/system/memory)",
  )];
}

/**
 * Both pass over `cpuset.mems`, seen on Linux 6.12. The kernel's own documentation of demotion (sysfs-kernel-mm-numa) says
 * that it should be off where a cpuset's nodes are to hold, also since Linux 6.16, which looks at `cpuset.mems`.
 */
function checkMoves({ nodes }: Topology, { demotion, mergingAcrossNodes }: PageMoveFacts): CheckResult[] {
  if (nodes.length < 2) return [];
  const demoted = warn(
    "memory-demotion",
    "demotion is on: a NUMA node that is short of memory gives containers' pages to a slower one, pinned or not",
    "echo false >/sys/kernel/mm/numa/demotion_enabled",
  );
  const merged = warn(
    "memory-merging",
    "KSM makes one page of equal ones of several NUMA nodes: pages of a pinned container can be on another node",
    "echo 0 >/sys/kernel/mm/ksm/merge_across_nodes, before KSM runs (/sys/kernel/mm/ksm/run)",
  );
  return [...demotion ? [demoted] : [], ...mergingAcrossNodes ? [merged] : []];
}

/** What is published is what the nodes say: the pages of a claim have to come from a node. */
function checkNodes({ nodes, machineMemoryBytes, unreadable }: Topology): CheckResult {
  const name = "node-memory";
  const [part, ...others] = unreadable;
  if (part !== undefined) {
    const more = others.length > 0 ? `, and ${others.length} more` : "";
    return warn(
      name,
      `cannot read ${part.path}: ${part.reason}${more}; what depends on it is not published`,
      "dramemory inspect lists all of it",
    );
  }
  const sum = nodes.reduce((total, { memoryBytes = 0n }) => total + memoryBytes, 0n);
  const sumText = humanBytes(Number(sum));
  if (machineMemoryBytes === undefined) {
    return warn(
      name,
      `the NUMA nodes have ${sumText} together; whether that is all cannot be told without /proc/meminfo`,
      "copy the machine's /proc/meminfo as well",
    );
  }
  if (sum === machineMemoryBytes) {
    return pass(name, `${sumText} on ${nodes.length} NUMA node${plural(nodes)}`);
  }
  return warn(
    name,
    `the NUMA nodes have ${sumText} together, ${difference(sum, machineMemoryBytes)} than the ` +
      `${humanBytes(Number(machineMemoryBytes))} of /proc/meminfo: the nodes' figures are published`,
    sum < machineMemoryBytes
      ? "nothing to do if that is enough: on a virtual machine, have memory that was added assigned to a node"
      : "keep the difference from claims by --reserved-memory",
  );
}

/** How much less or more: both can look alike when they are rounded. */
function difference(sum: bigint, all: bigint): string {
  return sum < all ? `${humanBytes(Number(all - sum))} less` : `${humanBytes(Number(sum - all))} more`;
}

function plural({ length }: readonly unknown[]): string {
  return length === 1 ? "" : "s";
}
