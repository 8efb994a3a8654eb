import { PodCgroupError, type PodCgroups } from "../ports/pod_cgroup.ts";
import type { PodUid } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";
import type { ClaimStore } from "./claim_store.ts";
import type { Containers } from "./containers.ts";

/** What is known of claims and of what their pods use. */
export interface UntouchedSources {
  readonly store: Pick<ClaimStore, "claims" | "usedBytes">;
  readonly containers: Pick<Containers, "isComplete" | "all">;
  readonly podCgroups: PodCgroups;
}

/**
 * What of a device is promised to prepared claims, and to those that are being prepared, beside one that has `bytes` of
 * it, and is used by none of their pods yet.
 *
 * A pod that uses more pages than its claims are may use them from wherever: no more counts as used than it claims of the
 * device. Where it cannot be known what pods use, nothing counts as untouched: no claim is refused for what is merely
 * possible.
 */
export async function untouchedBytes(
  { store, containers, podCgroups }: UntouchedSources,
  device: string,
  pageSize: PageSize,
  bytes: bigint,
): Promise<bigint> {
  if (!containers.isComplete) return 0n;
  const claimed = new Map<PodUid, bigint>();
  for (const { pod, allocations } of store.claims()) {
    for (const share of allocations.filter((share) => share.device === device)) {
      claimed.set(pod.uid, (claimed.get(pod.uid) ?? 0n) + share.bytes);
    }
  }
  const cgroups = new Map(
    [...containers.all()].map(({ sandbox }) => [sandbox.reference.uid, sandbox.cgroupParent]),
  );
  const used = await Promise.all([...claimed].map(async ([pod, most]) => {
    const cgroupParent = cgroups.get(pod);
    if (cgroupParent === undefined) return 0n;
    const current = await usage(podCgroups, cgroupParent, pageSize) ?? most;
    return current < most ? current : most;
  }));
  return used.reduce((rest, bytes) => rest - bytes, store.usedBytes(device) - bytes);
}

async function usage(
  podCgroups: PodCgroups,
  cgroupParent: string,
  pageSize: PageSize,
): Promise<bigint | undefined> {
  try {
    return await podCgroups.readHugetlbUsage(cgroupParent, pageSize);
  } catch (error) {
    if (error instanceof PodCgroupError) return undefined;
    throw error;
  }
}
