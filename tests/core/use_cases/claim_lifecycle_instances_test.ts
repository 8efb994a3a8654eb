import assert from "node:assert/strict";
import type { PreparedClaim, ResourceClaim } from "../../../core/claims/claim.ts";
import type { RecordChanges } from "../../../core/ports/claim_records.ts";
import { ClaimLifecycle } from "../../../core/use_cases/claim_lifecycle.ts";
import { diskFull, MemoryRecords } from "../fakes.ts";
import { allocatedClaim, allocationOf, GiB, MiB, preparedClaim, resultOf, uidOf } from "../samples.ts";
import { driver, requested } from "./claim_driver.ts";

/** Records that another instance changes as well. */
class SharedRecords extends MemoryRecords {
  readonly calls: string[] = [];
  #untold: RecordChanges = { added: [], removed: [], damaged: [] };

  /** The other instance prepares a claim. */
  prepareElsewhere(claim: PreparedClaim): void {
    this.stored.set(claim.reference.uid, claim);
    this.#untold = { ...this.#untold, added: [...this.#untold.added, claim] };
  }

  /** The other instance unprepares a claim. */
  unprepareElsewhere({ reference: { uid } }: PreparedClaim): void {
    this.stored.delete(uid);
    this.#untold = { ...this.#untold, removed: [...this.#untold.removed, uid] };
  }

  override refresh(): Promise<RecordChanges> {
    this.calls.push("refresh");
    const told = this.#untold;
    this.#untold = { added: [], removed: [], damaged: [] };
    return Promise.resolve(told);
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

  override remove(uid: string): Promise<void> {
    this.calls.push("remove");
    return super.remove(uid);
  }
}

const claim = allocatedClaim(1, [resultOf("memory-numa0", 768n * MiB)]);
const prepared = preparedClaim(1, [allocationOf("memory-numa0", 768n * MiB)]);

function sharingDriver(...claims: ResourceClaim[]) {
  const parts = { ...driver(...claims), records: new SharedRecords() };
  return { ...parts, lifecycle: new ClaimLifecycle(parts) };
}

Deno.test("a claim is entered and recorded in turn with other instances, after a look at what they did", async () => {
  const { lifecycle, records } = sharingDriver(claim);
  await lifecycle.recover();
  await lifecycle.prepare([requested(1)]);
  await lifecycle.unprepare([requested(1)]);
  assert.deepEqual(records.calls, [
    ...["enter", "refresh", "leave"],
    ...["refresh", "enter", "refresh", "save", "leave"],
    ...["enter", "remove", "leave"],
  ]);
});

Deno.test("a claim that cannot be entered or recorded ends the instance's turn", async () => {
  const { lifecycle, records } = sharingDriver(
    claim,
    allocatedClaim(2, [resultOf("memory-numa0", 2n * GiB)]),
  );
  records.failing = () => diskFull;
  const outcomes = await lifecycle.prepare([requested(1), requested(2)]);
  assert.deepEqual([...outcomes.values()].map(({ kind }) => kind), ["failed", "failed"]);
  assert.equal(records.calls.filter((call) => call === "enter").length, 2);
  assert.equal(records.calls.filter((call) => call === "leave").length, 2);
});

Deno.test("a claim that another instance has prepared is answered from the record, without the cluster", async () => {
  const { lifecycle, records, claims, ledger } = sharingDriver();
  records.prepareElsewhere(prepared);
  const outcome = (await lifecycle.prepare([requested(1)])).get(uidOf(1));
  assert.equal(outcome?.kind, "prepared");
  assert.deepEqual(claims.asked, []);
  assert.equal(ledger.get(uidOf(1)), prepared);
});

Deno.test("a claim that another instance prepares while this one asks the cluster is answered as recorded", async () => {
  const { lifecycle, records, claims, ledger } = sharingDriver(claim);
  claims.answering = () => Promise.resolve(records.prepareElsewhere(prepared));
  assert.equal((await lifecycle.prepare([requested(1)])).get(uidOf(1))?.kind, "prepared");
  assert.ok(!records.calls.includes("save"));
  assert.equal(ledger.usedBytes("memory-numa0"), 768n * MiB);
});

Deno.test("bytes that another instance gave away meanwhile are not given again", async () => {
  const { lifecycle, records, claims, ledger } = sharingDriver(claim);
  const other = preparedClaim(2, [allocationOf("memory-numa0", 512n * MiB)]);
  claims.answering = () => Promise.resolve(records.prepareElsewhere(other));
  const outcome = (await lifecycle.prepare([requested(1)])).get(uidOf(1));
  assert.match(outcome?.kind === "failed" ? outcome.message : "", /memory-numa0/);
  records.unprepareElsewhere(other);
  claims.answering = () => Promise.resolve();
  assert.equal((await lifecycle.prepare([requested(1)])).get(uidOf(1))?.kind, "prepared");
  assert.equal(ledger.usedBytes("memory-numa0"), 768n * MiB);
});

Deno.test("a claim that another instance gave back is prepared anew, for the pod that it is reserved for now", async () => {
  const { lifecycle, records, claims, ledger } = sharingDriver(claim);
  await lifecycle.prepare([requested(1)]);
  records.unprepareElsewhere(prepared);
  claims.claims.set("claim-1", allocatedClaim(1, claim.allocation.results, 2));
  assert.equal((await lifecycle.prepare([requested(1)])).get(uidOf(1))?.kind, "prepared");
  assert.equal(ledger.get(uidOf(1))?.pod.name, "pod-2");
});

Deno.test("a claim that another instance prepared is given back by this one", async () => {
  const { lifecycle, records } = sharingDriver();
  records.prepareElsewhere(prepared);
  assert.deepEqual((await lifecycle.unprepare([requested(1)])).get(uidOf(1)), { kind: "unprepared" });
  assert.equal(records.stored.size, 0);
});
