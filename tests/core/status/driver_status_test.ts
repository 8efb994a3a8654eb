import assert from "node:assert/strict";
import { ClaimOwners } from "../../../core/claims/claim_owners.ts";
import { Containers } from "../../../core/claims/containers.ts";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import { DeviceInventory } from "../../../core/devices/inventory.ts";
import { containerId } from "../../../core/values/ids.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { Readiness } from "../../../core/events/readiness.ts";
import { driverStatus } from "../../../core/status/driver_status.ts";
import { ClaimList } from "../fakes/claim_list.ts";
import { allocationOf, deviceOf, GiB, MiB, nodeName, podOf, preparedClaim, uidOf } from "../samples.ts";

const pages = preparedClaim(1, [allocationOf("hugepages-2m-numa0", 4n * MiB)]);
const memory = preparedClaim(2, [allocationOf("memory-numa1", GiB)]);
const page2m = parsePageSize("2m");

function sources() {
  const store = new ClaimList(pages, memory);
  const inventory = new DeviceInventory(nodeName);
  inventory.replace([deviceOf("memory-numa1", 4n * GiB)]);
  const owners = new ClaimOwners(store), containers = new Containers(store);
  return { readiness: new Readiness(), inventory, store, owners, containers, limitsRestored: () => 3 };
}

const promised = { mems: "0-1", hugetlbBytes: new Map([[page2m, 8n * MiB]]) };

/** Container `app` starts with claims. */
function start({ owners, containers }: ReturnType<typeof sources>, ...claims: PreparedClaim[]): void {
  const outcome = owners.bind({ pod: podOf(1).uid, name: "app" }, claims.flatMap(environmentsOf));
  assert.ok(outcome.kind === "bound");
  containers.add({
    id: containerId("abc"),
    name: "app",
    sandbox: { reference: podOf(1), cgroupParent: "/kubepods/pod1" },
    holdings: outcome.holdings,
    adjustment: promised,
    limitsPending: false,
  });
}

Deno.test("what stands is told, and what is missing with its reason", () => {
  const parts = sources();
  parts.readiness.emit({ kind: "kubelet-registered" });
  parts.readiness.emit({ kind: "runtime-connected", runtime: "containerd 2.1.0", again: false });
  const { preconditions: { kubelet, runtime, slices }, devices } = driverStatus(parts);
  assert.deepEqual(kubelet, { ready: true, text: "registered" });
  assert.deepEqual(runtime, { ready: true, text: "connected to containerd 2.1.0" });
  assert.deepEqual(slices, { ready: false, text: "ResourceSlices not published yet" });
  assert.deepEqual(devices.map(({ name, claimedBytes }) => [name, claimedBytes]), [["memory-numa1", GiB]]);
});

Deno.test("a container has all its claims, and was promised what the runtime was told", () => {
  const parts = sources();
  start(parts, pages, memory);
  const { claims, containers } = driverStatus(parts);
  assert.deepEqual(claims.map(({ container }) => container), ["app", "app"]);
  assert.equal(containers.length, 1);
  assert.deepEqual(containers[0]?.claims, [uidOf(1), uidOf(2)]);
  assert.deepEqual(containers[0]?.adjustment, promised);
});

Deno.test("a claim that was released is no longer its container's", () => {
  const parts = sources();
  start(parts, pages, memory);
  parts.store.remove(uidOf(1));
  assert.deepEqual(driverStatus(parts).containers.map(({ claims }) => claims), [[uidOf(2)]]);
});

Deno.test("a claim whose container is gone keeps its container's name, and a claim without one has none", () => {
  const parts = sources();
  start(parts, pages);
  parts.containers.remove(containerId("abc"));
  const { claims, containers } = driverStatus(parts);
  assert.deepEqual(claims.map(({ container }) => container), ["app", undefined]);
  assert.deepEqual(containers, []);
});
