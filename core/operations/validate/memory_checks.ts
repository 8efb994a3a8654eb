import { formatPageSize } from "../../values/page_size.ts";
import { TopologyError, type TopologySource } from "../../ports/topology_source.ts";
import { formatQuantity } from "../../values/quantity.ts";
import type { Topology } from "../../topology/topology.ts";
import { type CheckResult, fatal, pass, warn } from "./check_result.ts";

/** Checks that there is something to hand out, and that the kernel tells the same of it everywhere. */
export async function checkMemory(source: TopologySource): Promise<CheckResult[]> {
  try {
    const topology = await source.read();
    return [checkPools(topology), checkNodes(topology)];
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    return [fatal("node-memory", error.message, "run dramemory on a Linux host with /sys and /proc mounted")];
  }
}

function checkPools({ hugepageSizes, nodes }: Topology): CheckResult {
  const name = "hugepage-pools";
  if (hugepageSizes.length === 0) {
    return warn(name, "the kernel has no hugepages", "use a kernel with CONFIG_HUGETLBFS to claim them");
  }
  const pools = nodes.flatMap(({ id, hugepages }) =>
    hugepages.filter(({ total }) => total > 0n).map((pool) => ({ id, ...pool }))
  );
  if (pools.length > 0) {
    const texts = pools.map(({ id, pageSize, total }) =>
      `${total} of ${formatPageSize(pageSize)} on node ${id}`
    );
    return pass(name, texts.join(", "));
  }
  const sizes = hugepageSizes.map(formatPageSize).join(", ");
  return warn(
    name,
    `every pool is empty (${sizes}): only memory can be claimed`,
    "dramemory setup-hugepages gives the node pages",
  );
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
  const sumText = formatQuantity(sum);
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
    `the NUMA nodes have ${sumText} together, /proc/meminfo says ${formatQuantity(machineMemoryBytes)}: ` +
      "the nodes' figures are published",
    sum < machineMemoryBytes
      ? "nothing to do if that is enough: on a virtual machine, have memory that was added assigned to a node"
      : "keep the difference from claims by --reserved-memory",
  );
}

function plural({ length }: readonly unknown[]): string {
  return length === 1 ? "" : "s";
}
