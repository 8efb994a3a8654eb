import assert from "node:assert/strict";
import type { ResourceClaim } from "../../../core/claims/claim.ts";
import { ClusterUnavailableError } from "../../../core/ports/claim_source.ts";
import type { RefusalReason } from "../../../core/events/refusal_reason.ts";
import { ClaimLifecycle } from "../../../core/use_cases/claim_lifecycle.ts";
import { FreePages } from "../fakes/free_pages.ts";
import { diskFull } from "../fakes/memory_checkpoint.ts";
import { allocatedClaim, MiB, resultOf, uidOf } from "../samples.ts";
import { driver, requested } from "./claim_driver.ts";

const memoryClaim = allocatedClaim(1, [resultOf("memory-numa0", MiB)]);
const pagesClaim = allocatedClaim(2, [resultOf("hugepages-2m-numa0", 4n * MiB)]);

type Parts = Omit<ReturnType<typeof driver>, "hugepages">;

/** A driver that asks a kernel with so many free hugepages of 2 MiB on node 0. */
function driverAsking(free: bigint, ...claims: ResourceClaim[]) {
  const parts = { ...driver(...claims), hugepages: new FreePages({ "2m-0": free }) };
  return { ...parts, lifecycle: new ClaimLifecycle(parts) };
}

/** Prepares a claim, which must be refused for the reason and leave nothing; returns the message. */
async function refusal(
  { lifecycle, store, checkpoint, events }: Parts,
  number: number,
  reason: RefusalReason,
): Promise<string> {
  const outcome = (await lifecycle.prepare([requested(number)])).get(uidOf(number));
  assert.ok(outcome?.kind === "failed", Deno.inspect(outcome));
  const { message } = outcome;
  const event = events.list.at(-1);
  assert.ok(event?.kind === "claim-refused");
  assert.deepEqual([event.reason, event.message], [reason, message]);
  assert.deepEqual([store.get(uidOf(number)), checkpoint.stored.size], [undefined, 0]);
  return message;
}

async function assertPrepared({ lifecycle }: Parts, number: number): Promise<void> {
  const outcome = (await lifecycle.prepare([requested(number)])).get(uidOf(number));
  assert.equal(outcome?.kind, "prepared", Deno.inspect(outcome));
}

Deno.test("a claim that two containers of its pod use is refused with both names, until one gives it up", async () => {
  const parts = driver(memoryClaim);
  parts.pods.containers = ["setup", "app"];
  assert.match(await refusal(parts, 1, "several-containers"), /the containers setup and app of pod pod-1/);
  parts.pods.containers = ["app"];
  await assertPrepared(parts, 1);
});

Deno.test("a claim whose pod was replaced by one of the same name is refused", async () => {
  const parts = driver(memoryClaim);
  parts.pods.uid = "another";
  assert.match(await refusal(parts, 1, "pod-gone"), /its pod pod-1 with the uid pod-uid-1 is gone/);
});

Deno.test("a claim whose pod was deleted is refused", async () => {
  const parts = driver(memoryClaim);
  parts.pods.pod = () => Promise.resolve(undefined);
  await refusal(parts, 1, "pod-gone");
});

Deno.test("pods that cannot be read are the claim's failure", async () => {
  const parts = driver(memoryClaim);
  parts.pods.pod = () => Promise.reject(new ClusterUnavailableError("Cannot read the pod"));
  assert.equal(await refusal(parts, 1, "cluster-unavailable"), "Cannot read the pod");
});

Deno.test("hugepages that something outside took are missed when a claim wants them, and given once back", async () => {
  const parts = driverAsking(1n, pagesClaim);
  assert.match(
    await refusal(parts, 2, "hugepages-taken"),
    /wants 2 hugepages of 2Mi .* where 1 of 16 are free/,
  );
  assert.equal(parts.store.usedBytes("hugepages-2m-numa0"), 0n);
  parts.hugepages.free["2m-0"] = 2n;
  await assertPrepared(parts, 2);
});

Deno.test("a kernel that cannot be asked is the claim's failure", async () => {
  const parts = driverAsking(4n, pagesClaim);
  delete parts.hugepages.free["2m-0"];
  assert.match(await refusal(parts, 2, "topology-unreadable"), /Cannot read the topology from 2m-0/);
});

Deno.test("bytes are reserved while the kernel is asked, so that two claims cannot both find them free", async () => {
  const claims = [1, 2].map((number) => allocatedClaim(number, [resultOf("hugepages-2m-numa0", 6n * MiB)]));
  const parts = driverAsking(4n, ...claims);
  const outcomes = await parts.lifecycle.prepare([requested(1), requested(2)]);
  assert.deepEqual([...outcomes.values()].map(({ kind }) => kind).sort(), ["failed", "prepared"]);
});

Deno.test("a prepared claim is answered as before, whatever became of its pods, containers and pages", async () => {
  const parts = driverAsking(2n, pagesClaim);
  await assertPrepared(parts, 2);
  parts.hugepages.free["2m-0"] = 0n;
  parts.pods.containers = ["setup", "app"];
  parts.claims.claims.set("claim-2", {
    ...pagesClaim,
    reservedFor: [...pagesClaim.reservedFor, ...memoryClaim.reservedFor],
  });
  await assertPrepared(parts, 2);
  assert.deepEqual([parts.claims.asked.length, parts.hugepages.asked.length], [2, 1]);
});

Deno.test("pages are given back when the checkpoint cannot be written", async () => {
  const parts = driverAsking(4n, pagesClaim);
  parts.checkpoint.failing = () => diskFull;
  await refusal(parts, 2, "checkpoint-failed");
  assert.equal(parts.store.usedBytes("hugepages-2m-numa0"), 0n);
});
