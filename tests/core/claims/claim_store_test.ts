import assert from "node:assert/strict";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { ClaimStore } from "../../../core/claims/claim_store.ts";
import type { CheckpointLook } from "../../../core/ports/claim_checkpoint.ts";
import { EventList } from "../fakes/event_list.ts";
import { diskFull, MemoryCheckpoint } from "../fakes/memory_checkpoint.ts";
import { allocationOf, MiB, podOf, preparedClaim, uidOf } from "../samples.ts";

const first = preparedClaim(1, [allocationOf("memory-numa0", MiB)]);
const second = preparedClaim(2, [allocationOf("memory-numa0", 2n * MiB)]);

/** A store whose checkpoint holds some claims, before the first look. */
function storeWith(...claims: readonly PreparedClaim[]) {
  const checkpoint = new MemoryCheckpoint(), events = new EventList();
  const put = (...durable: readonly PreparedClaim[]) => {
    for (const claim of durable) checkpoint.stored.set(claim.reference.uid, claim);
    checkpoint.unseen = true;
  };
  put(...claims);
  return { checkpoint, events, put, store: new ClaimStore(checkpoint, events) };
}

function proposal(claim: PreparedClaim, confirm = () => Promise.resolve()) {
  return { uid: claim.reference.uid, propose: () => claim, confirm };
}

Deno.test("claims that appear in the checkpoint are known after a look, and told of once, with their number", async () => {
  const { store, events } = storeWith(first, second);
  for (let look = 0; look < 2; look++) await store.sync();
  assert.deepEqual([...store.claims()], [first, second]);
  assert.equal(store.usedBytes("memory-numa0"), 3n * MiB);
  assert.deepEqual(events.list, [{ kind: "claims-recovered", count: 2 }]);
});

Deno.test("claims that vanish from the checkpoint are not known any more", async () => {
  const { store, checkpoint, put } = storeWith(first, second);
  await store.sync();
  checkpoint.stored.delete(uidOf(1));
  put();
  await store.sync();
  assert.deepEqual([...store.claims()], [second]);
  assert.equal(store.usedBytes("memory-numa0"), 2n * MiB);
});

Deno.test("a claim that this driver made durable itself stays the same object when a look meets it", async () => {
  const { store, put, events } = storeWith();
  await store.prepare(proposal(first));
  put({ ...first });
  await store.sync();
  assert.ok(store.holds(first));
  assert.equal(store.usedBytes("memory-numa0"), MiB);
  assert.deepEqual(events.list, []);
});

Deno.test("a claim that was released and prepared anew elsewhere is another one, for whichever pod", async () => {
  const anew = { ...first, pod: podOf(2) };
  const { store, put } = storeWith(first);
  await store.sync();
  put(anew);
  await store.sync();
  assert.ok(store.holds(anew) && !store.holds(first));
  assert.equal(store.usedBytes("memory-numa0"), MiB);
});

Deno.test("damaged checkpoints are told of once each, and do not take away what is known of their claims", async () => {
  const { store, checkpoint, put, events } = storeWith(first, second);
  await store.sync();
  checkpoint.stored.delete(uidOf(1));
  checkpoint.damaged = [{ uid: uidOf(1), message: "a is damaged" }, {
    uid: undefined,
    message: "b is damaged",
  }];
  for (let look = 0; look < 2; look++) {
    put();
    await store.sync();
  }
  assert.deepEqual(new Set(store.claims()), new Set([first, second]));
  assert.deepEqual(events.list.slice(1), [
    { kind: "checkpoint-damaged", message: "a is damaged" },
    { kind: "checkpoint-damaged", message: "b is damaged" },
  ]);
  assert.deepEqual([...store.damaged], ["a is damaged", "b is damaged"]);
});

Deno.test("a checkpoint that cannot be read leaves the store as it is", async () => {
  const { store, checkpoint } = storeWith(first);
  await store.sync();
  checkpoint.look = () => Promise.reject(diskFull);
  await assert.rejects(store.sync(), diskFull);
  assert.deepEqual([...store.claims()], [first]);
});

Deno.test("a claim is known once it is durable, and its bytes are used from the moment it is proposed", async () => {
  const { store, checkpoint } = storeWith();
  const gate = Promise.withResolvers<void>();
  checkpoint.answering = () => gate.promise;
  const preparing = store.prepare(proposal(first, () => {
    assert.equal(store.usedBytes("memory-numa0"), MiB);
    return Promise.resolve();
  }));
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  assert.deepEqual([store.get(uidOf(1)), store.usedBytes("memory-numa0")], [undefined, MiB]);
  gate.resolve();
  assert.equal(await preparing, first);
  assert.ok(store.holds(first));
});

for (const failing of ["to be confirmed", "to be made durable"]) {
  Deno.test(`a claim that fails ${failing} leaves nothing`, async () => {
    const { store, checkpoint } = storeWith();
    const confirm = () => failing === "to be confirmed" ? Promise.reject(diskFull) : Promise.resolve();
    checkpoint.failing = () => diskFull;
    await assert.rejects(store.prepare(proposal(first, confirm)), diskFull);
    assert.deepEqual([store.size, store.usedBytes("memory-numa0"), checkpoint.stored.size], [0, 0n, 0]);
  });
}

Deno.test("a claim that cannot be released stays prepared", async () => {
  const { store, checkpoint } = storeWith(first);
  await store.recover();
  checkpoint.failing = () => diskFull;
  await assert.rejects(store.release(uidOf(1)), diskFull);
  assert.ok(store.holds(first));
});

Deno.test("what was released while a look was under way does not come back with it", async () => {
  const { store, checkpoint } = storeWith(first);
  const gate = Promise.withResolvers<void>(), look = checkpoint.look.bind(checkpoint);
  checkpoint.look = async (): Promise<CheckpointLook | undefined> => {
    const found = await look();
    await gate.promise;
    return found;
  };
  const looking = store.sync();
  await store.release(uidOf(1));
  gate.resolve();
  await looking;
  assert.deepEqual([store.size, store.usedBytes("memory-numa0")], [0, 0n]);
});

Deno.test("a checkpoint that somebody removed is written again, and told of", async () => {
  const { store, checkpoint, events } = storeWith(first);
  await store.recover();
  checkpoint.stored.clear();
  assert.equal(await store.find(uidOf(1)), first);
  assert.equal(checkpoint.stored.get(uidOf(1)), first);
  assert.deepEqual(events.list.at(-1), { kind: "checkpoint-restored", claim: first });
});

Deno.test("two changes of one claim at a time are a mistake of the program", async () => {
  const { store } = storeWith();
  const changes = await Promise.allSettled([store.release(uidOf(1)), store.release(uidOf(1))]);
  assert.deepEqual(changes.map(({ status }) => status), ["fulfilled", "rejected"]);
});
