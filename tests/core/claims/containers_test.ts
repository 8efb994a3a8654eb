import assert from "node:assert/strict";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { type ClaimedContainer, Containers } from "../../../core/claims/containers.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import { containerId } from "../../../core/values/ids.ts";
import { allocationOf, MiB, podOf, preparedClaim, uidOf } from "../samples.ts";

const memory = preparedClaim(1, [allocationOf("memory-numa0", 4n * MiB)]);
const pages = preparedClaim(2, [allocationOf("hugepages-2m-numa1", 2n * MiB)]);
const sharesOf = (claim: PreparedClaim) => environmentsOf(claim).flatMap(({ shares }) => shares);

/** Containers on a node where these claims are prepared. */
function containersWith(...prepared: readonly PreparedClaim[]) {
  const held = new Set(prepared);
  return { held, containers: new Containers({ holds: (claim) => held.has(claim) }) };
}

function containerOf(id: string, pod: number, ...claims: readonly PreparedClaim[]): ClaimedContainer {
  return {
    id: containerId(id),
    name: "app",
    sandbox: { reference: podOf(pod), cgroupParent: `/kubepods/pod${pod}` },
    holdings: new Map(claims.map((claim) => [claim, sharesOf(claim)])),
    adjustment: { mems: "0", hugetlbBytes: new Map() },
    limitsPending: false,
  };
}

Deno.test("a pod holds what its existing containers hold, and another pod nothing of it", () => {
  const { containers } = containersWith(memory, pages);
  containers.add(containerOf("a", 1, memory));
  containers.add(containerOf("b", 1, pages));
  assert.deepEqual(containers.heldIn(podOf(1).uid), [memory, pages].flatMap(sharesOf));
  assert.deepEqual(containers.heldIn(podOf(2).uid), []);
});

Deno.test("two containers of one name that hold the same claim, as in a restart, hold it once", () => {
  const { containers } = containersWith(memory);
  containers.add(containerOf("former", 1, memory));
  containers.add(containerOf("next", 1, memory));
  assert.deepEqual(containers.heldIn(podOf(1).uid), sharesOf(memory));
  containers.remove(containerId("former"));
  assert.deepEqual(containers.heldIn(podOf(1).uid), sharesOf(memory));
  containers.remove(containerId("next"));
  assert.deepEqual(containers.heldIn(podOf(1).uid), []);
});

Deno.test("what a claim gave counts until it is released, though its container still exists", () => {
  const { containers, held } = containersWith(memory, pages);
  containers.add(containerOf("a", 1, memory, pages));
  held.delete(memory);
  assert.deepEqual(containers.heldIn(podOf(1).uid), sharesOf(pages));
});

Deno.test("a claim is in use as long as a container of its pod holds it", () => {
  const { containers } = containersWith(memory);
  containers.add(containerOf("a", 1, memory));
  assert.ok(containers.isInUse(podOf(1).uid, uidOf(1)));
  assert.ok(!containers.isInUse(podOf(1).uid, uidOf(2)));
  containers.remove(containerId("a"));
  assert.ok(!containers.isInUse(podOf(1).uid, uidOf(1)));
});

Deno.test("each claim of a container with several is in use", () => {
  const { containers } = containersWith(memory, pages);
  containers.add(containerOf("a", 1, memory, pages));
  for (const claim of [1, 2]) assert.ok(containers.isInUse(podOf(1).uid, uidOf(claim)));
});

Deno.test("a container that is added again replaces what was known of it", () => {
  const { containers } = containersWith(memory, pages);
  containers.add(containerOf("a", 1, memory));
  const again = containerOf("a", 2, pages);
  containers.add(again);
  assert.deepEqual([...containers.all()], [again]);
  assert.deepEqual(containers.heldIn(podOf(1).uid), []);
});

Deno.test("all but the containers that a runtime lists are gone", () => {
  const { containers } = containersWith(memory, pages);
  containers.add(containerOf("a", 1, memory));
  containers.add(containerOf("b", 1, pages));
  containers.keepOnly(new Set([containerId("b"), containerId("c")]));
  assert.deepEqual([...containers.all()].map(({ id }) => id), [containerId("b")]);
  assert.deepEqual(containers.heldIn(podOf(1).uid), sharesOf(pages));
});

Deno.test("removing a container that held no claims is nothing", () => {
  assert.equal(containersWith().containers.remove(containerId("a")), undefined);
});
