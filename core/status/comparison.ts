import type { Share } from "../claims/environment.ts";
import { isPreference } from "../claims/memory_policy.ts";
import { formatIdList } from "../values/id_list.ts";
import type { NumaNodeId } from "../values/ids.ts";
import { formatCgroupPageSize } from "../values/page_size.ts";
import type { ContainerMemory, HugetlbUse, NodeMemoryUse } from "../ports/container_memory.ts";
import { hugepagesResource, memoryResource, type ResourceName } from "../values/resource_name.ts";
import { type Comparison, ofContainer, type Promised } from "./compared.ts";
import { compareMemoryLimits, comparePolicy } from "./memory_comparison.ts";

/**
 * Compares what a container was promised with what the kernel says. What differs:
 *
 * - the nodes that it may use, also when the kernel holds it to none;
 * - its limit of a hugepage size in use, or of those that mappings have reserved, or its pod's when that is lower than
 *   what it was promised;
 * - what containers that are gone have left of the size in the pod, as far as it takes from what was promised: huge SysV
 *   segments outlive the container that made them;
 * - more hugepages on a node than it was promised there, since the kernel limits sizes and not nodes;
 * - its memory policy, where it was promised one and its first process has another: as one that the program set itself;
 * - a limit of its memory, or of its pod's where that is lower than what it was promised;
 * - memory of its processes (`anon`) on a node that it may not use, or more of it than it claimed there. Caches and
 *   what the kernel has for it are told and not judged: they are shared, and may be older than its limits.
 */
export function compare(promised: Promised, actual: ContainerMemory): Comparison[] {
  return [
    compareMems(promised, actual),
    ...actual.hugetlb.flatMap((use) => compareHugetlb(promised, use)),
    ...missingSizes(promised, actual),
    ...comparePolicy(promised, actual),
    ...compareMemoryLimits(promised, actual),
    ...(actual.memory ?? []).flatMap((use) => compareMemory(promised, use)),
  ];
}

function compareMems({ adjustment: { mems } }: Promised, actual: ContainerMemory): Comparison {
  const { mems: found } = actual;
  const nodes = found === undefined || found === "elsewhere" ? undefined : formatIdList(found);
  return {
    ...ofContainer("cpuset.mems.effective"),
    promised: { nodes: mems },
    actual: nodes === undefined ? undefined : { nodes },
    differs: found !== "elsewhere" && nodes !== mems,
  };
}

function compareHugetlb({ shares, adjustment }: Promised, use: HugetlbUse): Comparison[] {
  const { pageSize, limit, current } = use;
  const promised = adjustment.hugetlbBytes.get(pageSize);
  if (promised === undefined && (current ?? 0n) === 0n) return [];
  const prefix = `hugetlb.${formatCgroupPageSize(pageSize)}`;
  return [
    {
      ...ofContainer(`${prefix}.max`),
      promised,
      actual: limit,
      differs: promised !== undefined && promised !== limit,
    },
    ...promised === undefined ? [] : compareLimits(prefix, promised, use),
    { ...ofContainer(`${prefix}.current`), promised, actual: current, differs: false },
    ...compareNodes(`${prefix}.numa_stat`, shares, use, promised ?? 0n),
  ];
}

/** What else binds the container, as far as it is not as promised. */
function compareLimits(prefix: string, promised: bigint, use: HugetlbUse): Comparison[] {
  const { reservationLimit, podLimit, podReservationLimit, leftInPod = 0n } = use;
  const differing = { promised, differs: true };
  const isLess = (limit: HugetlbUse["limit"]) => typeof limit === "bigint" && limit < promised;
  const isOther = reservationLimit !== undefined && reservationLimit !== promised;
  const pods = [["max", podLimit], ["rsvd.max", podReservationLimit]] as const;
  return [
    ...isOther ? [{ ...ofContainer(`${prefix}.rsvd.max`), ...differing, actual: reservationLimit }] : [],
    ...pods.filter(([, limit]) => isLess(limit)).map(([file, actual]) => (
      { ...ofContainer(`${prefix}.${file}`), of: "pod" as const, ...differing, actual }
    )),
    ...leftInPod > 0n && typeof podLimit === "bigint" && podLimit - leftInPod < promised
      ? [{
        ...ofContainer(`${prefix}.current`),
        of: "pod" as const,
        promised: undefined,
        actual: leftInPod,
        differs: true,
        note: "left by containers that are gone (a huge SysV segment, a file of hugetlbfs)",
      }]
      : [],
  ];
}

function compareNodes(
  file: string,
  shares: readonly Share[],
  use: HugetlbUse,
  promised: bigint,
): Comparison[] {
  const { byNode, pageSize } = use, resource = hugepagesResource(pageSize);
  if (byNode === undefined) return [];
  if (byNode.kind === "no-figure") {
    const note = "the kernel's figures are wrong, as before Linux 7.3 after a migration";
    return [{
      ...ofContainer(file),
      promised: sum(shares, resource),
      actual: undefined,
      differs: false,
      note,
    }];
  }
  const nodes = new Set([...byNode.bytes.keys(), ...nodesOf(shares, resource)]);
  // Beyond its claims a container may have hugepages the ordinary way, which are not bound to a node.
  const ordinary = promised - (sum(shares, resource) ?? 0n);
  return [...nodes].sort((a, b) => a - b).flatMap((numaNode) => {
    const share = bytesOf(shares, resource, numaNode), used = byNode.bytes.get(numaNode) ?? 0n;
    if (share === undefined && used === 0n) return [];
    const isMore = used > (share ?? 0n) + ordinary;
    return [{
      ...ofContainer(file),
      numaNode,
      promised: share,
      actual: used,
      differs: isMore && byNode.kind === "counted",
      ...isMore && byNode.kind === "doubtful" ? { note: doubt } : {},
    }];
  });
}

const doubt = "may have moved: before Linux 7.3 the kernel goes on naming the former node";

/** A claimed size that the kernel has no files for is not limited at all. */
function missingSizes({ adjustment }: Promised, { hugetlb }: ContainerMemory): Comparison[] {
  return [...adjustment.hugetlbBytes].filter(([size]) => !hugetlb.some(({ pageSize }) => pageSize === size))
    .map(([size, promised]) => ({
      ...ofContainer(`hugetlb.${formatCgroupPageSize(size)}.max`),
      promised,
      actual: undefined,
      differs: true,
    }));
}

function compareMemory({ shares, adjustment: { policy } }: Promised, use: NodeMemoryUse): Comparison[] {
  const { numaNode, anonymous, file, kernel } = use;
  const claimed = bytesOf(shares, memoryResource, numaNode);
  const isClaimed = shares.some((share) => share.numaNode === numaNode);
  const isAllowed = isClaimed || policy !== undefined && isPreference(policy);
  const others = [["file", file], ["kernel", kernel]] as const;
  return [
    ...isClaimed || anonymous > 0n
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
