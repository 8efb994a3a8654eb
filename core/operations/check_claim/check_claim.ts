import type { Share } from "../../claims/environment.ts";
import { hugetlbBytes } from "../../claims/shares.ts";
import type { HugetlbLimit } from "../../ports/pod_cgroup.ts";
import { humanBytes } from "../../values/human_bytes.ts";
import { formatIdList } from "../../values/id_list.ts";
import type { PageSize } from "../../values/page_size.ts";
import { hugepageSizeOf, type ResourceName } from "../../values/resource_name.ts";

/** What became of memory that was taken and touched to see where the kernel puts it. */
export type Trial =
  | { readonly kind: "touched"; readonly numaNodes: readonly number[] }
  | { readonly kind: "failed"; readonly reason: string };

/** What a container is seen to have, from within. */
export interface ContainerFacts {
  /** The NUMA nodes that the kernel lets this process take memory from. */
  readonly allowedNodes: readonly number[];
  /** The hugetlb limit of the container's cgroup by page size; undefined where there is no telling. */
  readonly limits: ReadonlyMap<PageSize, HugetlbLimit | undefined>;
  /** One for each resource that is claimed. */
  readonly trials: ReadonlyMap<ResourceName, Trial>;
}

/** One promise of the container's claims, and what was found. */
export interface ClaimCheck {
  readonly what: string;
  readonly promised: string;
  readonly found: string;
  readonly verdict: "ok" | "wrong" | "unknown";
}

/**
 * Holds what a container has against what its environment says that it claimed: the NUMA nodes, a limit for each
 * hugepage size, and where a page of each resource lies. More nodes than promised are no fault by themselves, as long
 * as the pages lie where they should.
 */
export function checkClaims(shares: readonly Share[], facts: ContainerFacts): ClaimCheck[] {
  return [
    checkNodes(shares, facts.allowedNodes),
    ...[...hugetlbBytes(shares)].map(([size, bytes]) => checkLimit(size, bytes, facts.limits.get(size))),
    ...[...Map.groupBy(shares, ({ resource }) => resource)].map(([resource, claimed]) =>
      checkTrial(resource, claimed, facts.trials.get(resource))
    ),
  ];
}

function checkNodes(shares: readonly Share[], allowed: readonly number[]): ClaimCheck {
  const promised = new Set<number>(shares.map(({ numaNode }) => numaNode));
  return {
    what: "NUMA nodes",
    promised: formatIdList(promised),
    found: formatIdList(allowed),
    verdict: promised.isSubsetOf(new Set(allowed)) ? "ok" : "wrong",
  };
}

/** A higher limit is the kubelet's, for hugepages that the container requests the ordinary way. */
function checkLimit(size: PageSize, bytes: bigint, limit: HugetlbLimit | undefined): ClaimCheck {
  return {
    what: `limit of ${humanBytes(Number(size))} pages`,
    promised: humanBytes(Number(bytes)),
    found: limit === undefined ? "not known" : limit === "max" ? "none" : humanBytes(Number(limit)),
    verdict: limit === undefined ? "unknown" : limit !== "max" && limit >= bytes ? "ok" : "wrong",
  };
}

function checkTrial(resource: ResourceName, shares: readonly Share[], trial: Trial | undefined): ClaimCheck {
  const size = hugepageSizeOf(resource);
  const promised = new Set<number>(shares.map(({ numaNode }) => numaNode));
  const head = {
    what: size === undefined ? "memory" : `a page of ${humanBytes(Number(size))}`,
    promised: `NUMA node ${formatIdList(promised)}`,
  };
  if (trial === undefined) return { ...head, found: "not known", verdict: "unknown" };
  if (trial.kind === "failed") return { ...head, found: trial.reason, verdict: "wrong" };
  return {
    ...head,
    found: trial.numaNodes.length === 0 ? "not known" : `NUMA node ${formatIdList(trial.numaNodes)}`,
    verdict: trial.numaNodes.length === 0
      ? "unknown"
      : new Set(trial.numaNodes).isSubsetOf(promised)
      ? "ok"
      : "wrong",
  };
}
