import type { ResourceClaim } from "../../../core/claims/claim.ts";
import { ClaimLedger } from "../../../core/claims/ledger.ts";
import { DeviceInventory } from "../../../core/devices/inventory.ts";
import { ClaimLifecycle } from "../../../core/use_cases/claim_lifecycle.ts";
import { ClusterClaims, ClusterPods, EventList, MemoryRecords } from "../fakes.ts";
import { deviceOf, GiB, MiB, nodeName, uidOf } from "../samples.ts";

/** A driver on a node with 1 GiB of memory and four hugepages of 2 MiB, in a cluster with the given claims. */
export function driver(...claims: ResourceClaim[]) {
  const cluster = new ClusterClaims(...claims);
  const parts = {
    claims: cluster,
    pods: new ClusterPods(() => cluster.claims.values()),
    hugepages: undefined,
    records: new MemoryRecords(),
    ledger: new ClaimLedger(),
    inventory: new DeviceInventory(nodeName),
    recorder: new EventList(),
  };
  parts.inventory.replace([deviceOf("memory-numa0", GiB), deviceOf("hugepages-2m-numa0", 8n * MiB)]);
  return { ...parts, lifecycle: new ClaimLifecycle(parts) };
}

export function requested(number: number) {
  return { namespace: "default", name: `claim-${number}`, uid: String(uidOf(number)) };
}
