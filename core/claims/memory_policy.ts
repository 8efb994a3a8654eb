import { formatIdList } from "../values/id_list.ts";
import type { NumaNodeId } from "../values/ids.ts";
import type { PolicyMode } from "./configuration/memory_config.ts";
import { type HeldShare, isMemory } from "./memory_terms.ts";

/** A memory policy that a container's processes start with (set_mempolicy(2)). */
export interface MemoryPolicy {
  readonly mode: Exclude<PolicyMode, "bind">;
  /** NUMA nodes in the kernel's list format. */
  readonly nodes: string;
}

/** What a container holds cannot be had under one policy. */
export class PolicyConflictError extends Error {
  override name = "PolicyConflictError";
}

/** Whether memory may also come from nodes that the policy does not name. */
export function isPreference({ mode }: Pick<MemoryPolicy, "mode">): boolean {
  return mode === "preferred" || mode === "preferredMany";
}

/**
 * The policy of a container with these shares, over the nodes of its claims of memory; undefined where none asks for
 * one.
 *
 * The kernel knows one policy for a process and all that it allocates, hugepages included (`mm/mempolicy.c`,
 * `mm/hugetlb.c`). So claims of memory must agree, and hugepages, which keep `bind`, must not be drawn to a node that
 * they were not claimed on. Throws {@link PolicyConflictError}.
 */
export function memoryPolicyOf(shares: readonly HeldShare[]): MemoryPolicy | undefined {
  const memory = shares.filter(isMemory);
  const [mode = "bind", other] = new Set(memory.map(({ terms }) => terms?.policy ?? "bind"));
  if (other !== undefined) {
    throw new PolicyConflictError(
      `policy: a container has one for all of its claims of memory, which say ${mode} and ${other}: ` +
        "write the same for each",
    );
  }
  if (mode === "bind") return undefined;
  const nodes = new Set(memory.map(({ numaNode }) => numaNode));
  if (mode === "preferred" && nodes.size > 1) {
    throw new PolicyConflictError(
      `policy: preferred is for one NUMA node, and the memory is on ${
        formatIdList(nodes)
      }: write preferredMany`,
    );
  }
  checkHugepages(mode, nodes, shares);
  return { mode, nodes: formatIdList(nodes) };
}

function checkHugepages(
  mode: MemoryPolicy["mode"],
  nodes: ReadonlySet<NumaNodeId>,
  shares: readonly HeldShare[],
): void {
  const hugepages = Map.groupBy(
    shares.filter((share) => !isMemory(share)),
    ({ resource }) => resource,
  );
  for (const [resource, own] of hugepages) {
    const claimed = new Set(own.map(({ numaNode }) => numaNode));
    if (isPreference({ mode })) {
      throw new PolicyConflictError(
        `policy: ${mode} lets the container use other NUMA nodes, and its claim of ${resource} keeps bind: ` +
          "claim them for another container",
      );
    }
    const strange = [...nodes].filter((node) => !claimed.has(node));
    if (strange.length === 0) continue;
    throw new PolicyConflictError(
      `policy: ${mode} over NUMA node ${formatIdList(nodes)} would draw ${resource} to ${
        formatIdList(strange)
      }, where the container has claimed none: claim them on the same nodes, or for another container`,
    );
  }
}
