import assert from "node:assert/strict";
import { ClaimLedger } from "../../../core/claims/ledger.ts";
import { RecordedClaims } from "../../../core/claims/recorded_claims.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import { containerId } from "../../../core/values/ids.ts";
import type { RecordChanges } from "../../../core/ports/claim_records.ts";
import { diskFull, EventList, MemoryRecords } from "../fakes.ts";
import { allocationOf, MiB, podOf, preparedClaim, uidOf } from "../samples.ts";

const first = preparedClaim(1, [allocationOf("memory-numa0", MiB)]);
const second = preparedClaim(2, [allocationOf("memory-numa0", 2n * MiB)]);

/** Claims whose record changes as told, once. */
function changing(changes: Partial<RecordChanges>) {
  const records = new MemoryRecords(), ledger = new ClaimLedger(), recorder = new EventList();
  let untold: RecordChanges = { added: [], removed: [], damaged: [], ...changes };
  records.refresh = () => {
    const told = untold;
    untold = { added: [], removed: [], damaged: [] };
    return Promise.resolve(told);
  };
  return { ledger, recorder, records, recorded: new RecordedClaims(records, ledger, recorder) };
}

Deno.test("claims that appear on record enter the ledger, and are told of once, with their number", async () => {
  const { recorded, ledger, recorder } = changing({ added: [first, second] });
  for (let look = 0; look < 2; look++) await recorded.refresh();
  assert.deepEqual([...ledger.claims()], [first, second]);
  assert.equal(ledger.usedBytes("memory-numa0"), 3n * MiB);
  assert.deepEqual(recorder.events, [{ kind: "claims-recovered", count: 2 }]);
});

Deno.test("claims that vanish from the record leave the ledger, known or not", async () => {
  const { recorded, ledger, recorder } = changing({ removed: [uidOf(1), uidOf(9)] });
  for (const claim of [first, second]) ledger.add(claim);
  await recorded.refresh();
  assert.deepEqual([...ledger.claims()], [second]);
  assert.deepEqual(recorder.events, []);
});

Deno.test("a claim that this driver has entered itself is not entered again, and keeps its container", async () => {
  const { recorded, ledger } = changing({ added: [first] });
  ledger.add(first);
  ledger.bind({ pod: podOf(1).uid, name: "app", id: containerId("1") }, environmentsOf(first));
  await recorded.refresh();
  assert.equal(ledger.holder(uidOf(1)), "app");
  assert.equal(ledger.usedBytes("memory-numa0"), MiB);
});

Deno.test("a claim that was removed and recorded anew is the new one, for whichever pod", async () => {
  const anew = { ...first, pod: podOf(2) };
  const { recorded, ledger } = changing({ removed: [uidOf(1)], added: [anew] });
  ledger.add(first);
  await recorded.refresh();
  assert.deepEqual(ledger.get(uidOf(1)), anew);
});

Deno.test("damaged records are told of one by one, and the others are entered", async () => {
  const { recorded, ledger, recorder } = changing({
    added: [first],
    damaged: ["a is damaged", "b is damaged"],
  });
  await recorded.refresh();
  assert.deepEqual(ledger.get(uidOf(1)), first);
  assert.deepEqual(recorder.events, [
    { kind: "record-damaged", message: "a is damaged" },
    { kind: "record-damaged", message: "b is damaged" },
    { kind: "claims-recovered", count: 1 },
  ]);
});

Deno.test("a record that cannot be read leaves the ledger as it is", async () => {
  const { recorded, records, ledger } = changing({});
  ledger.add(first);
  records.refresh = () => Promise.reject(diskFull);
  await assert.rejects(recorded.refresh(), diskFull);
  assert.deepEqual([...ledger.claims()], [first]);
});
