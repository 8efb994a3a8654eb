import type { Share } from "../../claims/environment.ts";
import { formatIdList } from "../../values/id_list.ts";
import type { NumaNodeId } from "../../values/ids.ts";
import { formatCgroupPageSize } from "../../values/page_size.ts";
import type { ContainerMemory, HugetlbUse, NodeMemoryUse } from "../ports/container_memory.ts";
import { hugepagesResource, memoryResource, type ResourceName } from "../../values/resource_name.ts";
import type { ClaimedContainer } from "./driver_status.ts";

/** Bytes, or the NUMA nodes of a `cpuset.mems` in the kernel's list format. */
export type ComparedValue = bigint | "max" | { readonly nodes: string };

/** Something that a container was promised beside what it has. */
export interface Comparison {
  /** The kernel's file that tells. */
  readonly file: string;
  /** Whose file it is: the pod's limits bind its containers. */
  readonly of: "container" | "pod";
  readonly numaNode: NumaNodeId | undefined;
  /** Undefined where nothing was promised. */
  readonly promised: ComparedValue | undefined;
  /** Undefined where the kernel does not tell. */
  readonly actual: ComparedValue | undefined;
  readonly differs: boolean;
}

type Promised = Pick<ClaimedContainer, "shares" | "placement">;

/**
 * Compares what a container was promised with what the kernel says. What differs:
 *
 * - the nodes that it may use, also when the kernel holds it to none;
 * - its limit of a hugepage size, or its pod's when that is lower than what it was promised;
 * - more hugepages on a node than it was promised there, since the kernel limits sizes and not nodes;
 * - memory of its processes (`anon`) on a node that it may not use, or more of it than it claimed there. Caches and
 *   what the kernel has for it are told and not judged: they are shared, and may be older than its limits.
 */
export function compare(promised: Promised, actual: ContainerMemory): Comparison[] {
  return [
    compareMems(promised, actual),
    ...actual.hugetlb.flatMap((use) => compareHugetlb(promised, use)),
    ...missingSizes(promised, actual),
    ...(actual.memory ?? []).flatMap((use) => compareMemory(promised, use)),
  ];
}

function compareMems({ placement: { mems } }: Promised, actual: ContainerMemory): Comparison {
  const { mems: found } = actual;
  const nodes = found === undefined || found === "elsewhere" ? undefined : formatIdList(found);
  return {
    ...ofContainer("cpuset.mems.effective"),
    promised: { nodes: mems },
    actual: nodes === undefined ? undefined : { nodes },
    differs: found !== "elsewhere" && nodes !== mems,
  };
}

function compareHugetlb({ shares, placement }: Promised, use: HugetlbUse): Comparison[] {
  const { pageSize, limit, podLimit, current, byNode } = use;
  const promised = placement.hugetlbBytes.get(pageSize);
  if (promised === undefined && (current ?? 0n) === 0n) return [];
  const resource = hugepagesResource(pageSize), prefix = `hugetlb.${formatCgroupPageSize(pageSize)}`;
  const podIsLower = promised !== undefined && typeof podLimit === "bigint" && podLimit < promised;
  const nodes = new Set([...byNode?.keys() ?? [], ...nodesOf(shares, resource)]);
  return [
    {
      ...ofContainer(`${prefix}.max`),
      promised,
      actual: limit,
      differs: promised !== undefined && promised !== limit,
    },
    ...podIsLower
      ? [{ ...ofContainer(`${prefix}.max`), of: "pod" as const, promised, actual: podLimit, differs: true }]
      : [],
    { ...ofContainer(`${prefix}.current`), promised, actual: current, differs: false },
    ...(byNode === undefined ? [] : [...nodes].sort((a, b) => a - b)).flatMap((numaNode) => {
      const share = bytesOf(shares, resource, numaNode), used = byNode?.get(numaNode) ?? 0n;
      if (share === undefined && used === 0n) return [];
      // Beyond its claims a container may have hugepages the ordinary way, which are not bound to a node.
      const ordinary = (promised ?? 0n) - (sum(shares, resource) ?? 0n);
      return [{
        ...ofContainer(`${prefix}.numa_stat`),
        numaNode,
        promised: share,
        actual: used,
        differs: used > (share ?? 0n) + ordinary,
      }];
    }),
  ];
}

/** A claimed size that the kernel has no files for is not limited at all. */
function missingSizes({ placement }: Promised, { hugetlb }: ContainerMemory): Comparison[] {
  return [...placement.hugetlbBytes].filter(([size]) => !hugetlb.some(({ pageSize }) => pageSize === size))
    .map(([size, promised]) => ({
      ...ofContainer(`hugetlb.${formatCgroupPageSize(size)}.max`),
      promised,
      actual: undefined,
      differs: true,
    }));
}

function compareMemory({ shares }: Promised, use: NodeMemoryUse): Comparison[] {
  const { numaNode, anonymous, file, kernel } = use;
  const claimed = bytesOf(shares, memoryResource, numaNode);
  const isAllowed = shares.some((share) => share.numaNode === numaNode);
  const others = [["file", file], ["kernel", kernel]] as const;
  return [
    ...isAllowed || anonymous > 0n
      ? [{
        ...ofContainer("memory.numa_stat anon"),
        numaNode,
        promised: claimed,
        actual: anonymous,
        differs: anonymous > 0n && !isAllowed || claimed !== undefined && anonymous > claimed,
      }]
      : [],
    ...others.filter(([, bytes]) => bytes > 0n).map(([name, bytes]) => ({
      ...ofContainer(`memory.numa_stat ${name}`),
      numaNode,
      promised: undefined,
      actual: bytes,
      differs: false,
    })),
  ];
}

function ofContainer(file: string) {
  return { file, of: "container", numaNode: undefined } as const;
}

function nodesOf(shares: readonly Share[], resource: ResourceName): NumaNodeId[] {
  return shares.filter((share) => share.resource === resource).map(({ numaNode }) => numaNode);
}

function bytesOf(shares: readonly Share[], resource: ResourceName, numaNode: NumaNodeId): bigint | undefined {
  return sum(shares.filter((share) => share.numaNode === numaNode), resource);
}

/** Undefined where there is no share. */
function sum(shares: readonly Share[], resource: ResourceName): bigint | undefined {
  const own = shares.filter((share) => share.resource === resource);
  return own.length === 0 ? undefined : own.reduce((total, { bytes }) => total + bytes, 0n);
}
