import { ClusterUnavailableError } from "../../../core/ports/claim_source.ts";
import assert from "node:assert/strict";
import type { PreparedClaim, ResourceClaim } from "../../../core/claims/claim.ts";
import type { CheckpointLook } from "../../../core/ports/claim_checkpoint.ts";
import type { ClaimUid } from "../../../core/values/ids.ts";
import { diskFull, MemoryCheckpoint } from "../fakes/memory_checkpoint.ts";
import { allocatedClaim, allocationOf, GiB, MiB, preparedClaim, resultOf, uidOf } from "../samples.ts";
import { driverWith, requested } from "./claim_driver.ts";

/** A checkpoint that another instance changes as well. */
class SharedCheckpoint extends MemoryCheckpoint {
  readonly calls: string[] = [];

  /** The other instance prepares a claim. */
  prepareElsewhere(claim: PreparedClaim): void {
    this.stored.set(claim.reference.uid, claim);
    this.unseen = true;
  }

  /** The other instance unprepares a claim. */
  unprepareElsewhere({ reference: { uid } }: PreparedClaim): void {
    this.stored.delete(uid);
    this.unseen = true;
  }

  override look(): Promise<CheckpointLook | undefined> {
    this.calls.push("look");
    return super.look();
  }

  override async exclusively<T>(task: () => Promise<T>): Promise<T> {
    this.calls.push("enter");
    try {
      return await task();
    } finally {
      this.calls.push("leave");
    }
  }

  override save(claim: PreparedClaim): Promise<void> {
    this.calls.push("save");
    return super.save(claim);
  }

  override remove(uid: ClaimUid): Promise<void> {
    this.calls.push("remove");
    return super.remove(uid);
  }
}

const claim = allocatedClaim(1, [resultOf("memory-numa0", 768n * MiB)]);
const prepared = preparedClaim(1, [allocationOf("memory-numa0", 768n * MiB)]);

function sharingDriver(...claims: ResourceClaim[]) {
  return driverWith(new SharedCheckpoint(), ...claims);
}

Deno.test("a claim is reserved and made durable in turn with other instances, after a look at what they did", async () => {
  const { lifecycle, store, checkpoint } = sharingDriver(claim);
  await store.recover();
  await lifecycle.prepare([requested(1)]);
  await lifecycle.unprepare([requested(1)]);
  assert.deepEqual(checkpoint.calls, [
    ...["enter", "look", "leave"],
    ...["look", "enter", "look", "save", "leave"],
    ...["enter", "remove", "leave"],
  ]);
});

Deno.test("a claim that cannot be reserved or made durable ends the instance's turn", async () => {
  const { lifecycle, checkpoint } = sharingDriver(
    claim,
    allocatedClaim(2, [resultOf("memory-numa0", 2n * GiB)]),
  );
  checkpoint.failing = () => diskFull;
  const outcomes = await lifecycle.prepare([requested(1), requested(2)]);
  assert.deepEqual([...outcomes.values()].map(({ kind }) => kind), ["failed", "failed"]);
  assert.equal(checkpoint.calls.filter((call) => call === "enter").length, 2);
  assert.equal(checkpoint.calls.filter((call) => call === "leave").length, 2);
});

Deno.test("a claim that another instance has prepared is answered from the checkpoint, also when the cluster is away", async () => {
  const { lifecycle, checkpoint, claims, store } = sharingDriver();
  checkpoint.prepareElsewhere(prepared);
  claims.answering = () => Promise.reject(new ClusterUnavailableError("away"));
  const outcome = (await lifecycle.prepare([requested(1)])).get(uidOf(1));
  assert.equal(outcome?.kind, "prepared");
  assert.equal(store.get(uidOf(1)), prepared);
});

Deno.test("a claim that another instance prepares while this one asks the cluster is answered as it made it durable", async () => {
  const { lifecycle, checkpoint, claims, store, events } = sharingDriver(claim);
  claims.answering = () => Promise.resolve(checkpoint.prepareElsewhere(prepared));
  assert.equal((await lifecycle.prepare([requested(1)])).get(uidOf(1))?.kind, "prepared");
  assert.ok(!checkpoint.calls.includes("save"));
  assert.equal(store.usedBytes("memory-numa0"), 768n * MiB);
  assert.deepEqual(events.kinds(), ["claims-recovered"]);
});

Deno.test("bytes that another instance gave away meanwhile are not given again", async () => {
  const { lifecycle, checkpoint, claims, store } = sharingDriver(claim);
  const other = preparedClaim(2, [allocationOf("memory-numa0", 512n * MiB)]);
  claims.answering = () => Promise.resolve(checkpoint.prepareElsewhere(other));
  const outcome = (await lifecycle.prepare([requested(1)])).get(uidOf(1));
  assert.match(outcome?.kind === "failed" ? outcome.message : "", /memory-numa0/);
  checkpoint.unprepareElsewhere(other);
  claims.answering = () => Promise.resolve();
  assert.equal((await lifecycle.prepare([requested(1)])).get(uidOf(1))?.kind, "prepared");
  assert.equal(store.usedBytes("memory-numa0"), 768n * MiB);
});

Deno.test("a claim that another instance released is prepared anew, for the pod that it is reserved for now", async () => {
  const { lifecycle, checkpoint, claims, store } = sharingDriver(claim);
  await lifecycle.prepare([requested(1)]);
  checkpoint.unprepareElsewhere(prepared);
  claims.claims.set("claim-1", allocatedClaim(1, claim.allocation.results, 2));
  assert.equal((await lifecycle.prepare([requested(1)])).get(uidOf(1))?.kind, "prepared");
  assert.equal(store.get(uidOf(1))?.pod.name, "pod-2");
});

Deno.test("a claim that another instance prepared is released by this one", async () => {
  const { lifecycle, checkpoint } = sharingDriver();
  checkpoint.prepareElsewhere(prepared);
  assert.deepEqual((await lifecycle.unprepare([requested(1)])).get(uidOf(1)), { kind: "unprepared" });
  assert.equal(checkpoint.stored.size, 0);
});
