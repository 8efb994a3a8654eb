import assert from "node:assert/strict";
import { containerId } from "../../../core/values/ids.ts";
import type { ContainerMemorySource } from "../../../core/ports/container_memory.ts";
import { claimStatus, type DriverStatus } from "../../../core/status/driver_status.ts";
import { differs, reportOn } from "../../../core/status/node_report.ts";
import { allocationOf, GiB, podOf, preparedClaim, uidOf } from "../samples.ts";

const claim = preparedClaim(1, [allocationOf("memory-numa1", GiB)]);
const container = {
  id: containerId("abc"),
  name: "app",
  pod: podOf(1),
  claims: [uidOf(1)],
  podLimitsRestored: 0,
  shares: claim.allocations,
  adjustment: { mems: "1", hugetlbBytes: new Map() },
};
const standingBy = { devices: [], claims: [claimStatus(claim, undefined)], containers: [] };
const acting: Pick<DriverStatus, "devices" | "claims" | "containers"> = {
  devices: [],
  claims: [claimStatus(claim, "app")],
  containers: [container],
};
const onNode = (...mems: number[]): ContainerMemorySource => ({
  read: () => Promise.resolve({ mems, hugetlb: [], memory: undefined }),
});

Deno.test("of two instances the acting one knows the containers, whichever is asked first", async () => {
  for (const statuses of [[standingBy, acting], [acting, standingBy]]) {
    const { claims, containers } = await reportOn(statuses, onNode(1));
    assert.deepEqual(claims.map(({ container }) => container), ["app"]);
    assert.deepEqual(containers.map((container) => [container.id, differs(container)]), [["abc", false]]);
  }
});

Deno.test("a claim that only one instance knows is told all the same", async () => {
  const other = claimStatus(preparedClaim(2, []), undefined);
  const { claims } = await reportOn([acting, { ...standingBy, claims: [other] }], onNode(1));
  assert.deepEqual(claims.map(({ reference }) => reference.uid), [uidOf(1), uidOf(2)]);
});

Deno.test("a container on other nodes differs; one that is not found is no difference", async () => {
  const elsewhere = await reportOn([acting], onNode(0, 1));
  assert.deepEqual(elsewhere.containers.map(differs), [true]);
  const gone = await reportOn([acting], { read: () => Promise.resolve(undefined) });
  assert.deepEqual(gone.containers.map((container) => [container.found, differs(container)]), [[
    false,
    false,
  ]]);
});

Deno.test("a resize that failed is told once, whichever instance found it", async () => {
  const failed = [{ pod: podOf(1), message: "device or resource busy" }];
  const { failedResizes } = await reportOn([{ ...acting, resizes: { failed } }, {
    ...standingBy,
    resizes: { failed: [] },
  }, { ...acting, resizes: { failed } }], onNode(1));
  assert.deepEqual(failedResizes, failed);
});
