import { CgroupLimits } from "../../../core/claims/cgroup_limits.ts";
import type { ResourceClaim } from "../../../core/claims/claim.ts";
import { ClaimOwners } from "../../../core/claims/claim_owners.ts";
import { ClaimStore } from "../../../core/claims/claim_store.ts";
import { Containers } from "../../../core/claims/containers.ts";
import { DeviceInventory } from "../../../core/devices/inventory.ts";
import { ClaimLifecycle } from "../../../core/use_cases/claim_lifecycle.ts";
import { ClusterClaims } from "../fakes/cluster_claims.ts";
import { ClusterPods } from "../fakes/cluster_pods.ts";
import { EventList } from "../fakes/event_list.ts";
import { MemoryBases } from "../fakes/memory_bases.ts";
import { MemoryCheckpoint } from "../fakes/memory_checkpoint.ts";
import { deviceOf, GiB, MiB, nodeName, uidOf } from "../samples.ts";

/** A driver on a node with 1 GiB of memory and four hugepages of 2 MiB, in a cluster with the given claims. */
export function driver(...claims: ResourceClaim[]) {
  return driverWith(new MemoryCheckpoint(), ...claims);
}

/** The same with a checkpoint of its own. */
export function driverWith<Checkpoint extends MemoryCheckpoint>(
  checkpoint: Checkpoint,
  ...claims: ResourceClaim[]
) {
  const cluster = new ClusterClaims(...claims);
  const events = new EventList();
  const store = new ClaimStore(checkpoint, events);
  const containers = new Containers(store);
  const parts = {
    claims: cluster,
    pods: new ClusterPods(() => cluster.claims.values()),
    hugepages: undefined,
    checkpoint,
    store,
    owners: new ClaimOwners(store),
    containers,
    inventory: new DeviceInventory(nodeName),
    limits: new CgroupLimits({
      store,
      containers,
      podCgroups: undefined,
      podBases: new MemoryBases(),
      events,
    }),
    events,
  };
  parts.inventory.replace([deviceOf("memory-numa0", GiB), deviceOf("hugepages-2m-numa0", 8n * MiB)]);
  return { ...parts, lifecycle: new ClaimLifecycle(parts) };
}

export function requested(number: number) {
  return { namespace: "default", name: `claim-${number}`, uid: String(uidOf(number)) };
}
