import assert from "node:assert/strict";
import { ClaimLedger } from "../../../core/claims/ledger.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import { containerId, numaNodeId } from "../../../core/values/ids.ts";
import { allocationOf, MiB, podOf, preparedClaim, uidOf } from "../samples.ts";

const app = { pod: podOf(1).uid, name: "app", id: containerId("1") };
const sidecar = { pod: podOf(1).uid, name: "sidecar", id: containerId("2") };
const memory = preparedClaim(1, [allocationOf("memory-numa0", 4n * MiB)]);
const mixed = preparedClaim(2, [
  allocationOf("memory-numa0", 8n * MiB, "a"),
  allocationOf("hugepages-2m-numa1", 2n * MiB, "b"),
]);

function ledgerOf(...claims: (typeof memory)[]): ClaimLedger {
  const ledger = new ClaimLedger();
  for (const claim of claims) ledger.add(claim);
  return ledger;
}

Deno.test("a container is bound to the claims that it shows, and holds the sum of their shares", () => {
  const ledger = ledgerOf(memory, mixed);
  const shown = [memory, mixed].flatMap(environmentsOf);
  const outcome = ledger.bind(app, shown);
  assert.deepEqual(outcome, {
    kind: "bound",
    shares: shown.flatMap(({ shares }) => shares),
    isNew: true,
    newlyBound: [uidOf(1), uidOf(2)],
  });
  assert.deepEqual([ledger.holder(uidOf(1)), ledger.holder(uidOf(2))], ["app", "app"]);
  assert.deepEqual(ledger.heldIn(app.pod), shown.flatMap(({ shares }) => shares));
});

Deno.test("a container that names one request holds that request's share alone", () => {
  const ledger = ledgerOf(mixed);
  const one = environmentsOf(mixed).filter(({ request }) => request === "b");
  assert.ok(ledger.bind(app, one).kind === "bound");
  assert.deepEqual(ledger.heldIn(app.pod), one.flatMap(({ shares }) => shares));
});

Deno.test("a container that is restarted is bound again, with nothing new", () => {
  const ledger = ledgerOf(memory);
  ledger.bind(app, environmentsOf(memory));
  const again = ledger.bind(app, environmentsOf(memory));
  assert.deepEqual(again.kind === "bound" && again.newlyBound, []);
  assert.equal(ledger.heldIn(app.pod).length, 1);
});

Deno.test("a second container is refused, not even a share of another request is left for it", () => {
  const ledger = ledgerOf(mixed);
  const [a = [], b = []] = environmentsOf(mixed).map((environment) => [environment]);
  ledger.bind(app, a);
  const refusal = ledger.bind(sidecar, b);
  assert.ok(refusal.kind === "refused" && refusal.problem === "other-container");
  assert.match(
    refusal.message,
    /default\/claim-2 is held by container app.*give container sidecar a claim of its own/,
  );
  assert.equal(ledger.holder(uidOf(2)), "app");
});

Deno.test("the container of another pod is refused", () => {
  const refusal = ledgerOf(memory).bind({ ...app, pod: podOf(2).uid }, environmentsOf(memory));
  assert.ok(refusal.kind === "refused" && refusal.problem === "other-pod");
});

Deno.test("a claim that is not prepared, or not any more, is refused", () => {
  const ledger = ledgerOf(memory);
  ledger.remove(uidOf(1));
  const refusal = ledger.bind(app, environmentsOf(memory));
  assert.ok(refusal.kind === "refused" && refusal.problem === "not-prepared");
});

for (
  const [what, change] of Object.entries({
    "another amount": { bytes: 5n * MiB },
    "another node": { numaNode: numaNodeId(1) },
  })
) {
  Deno.test(`an environment that shows ${what} is refused`, () => {
    const shown = environmentsOf(memory).map((environment) => ({
      ...environment,
      shares: environment.shares.map((share) => ({ ...share, ...change })),
    }));
    const refusal = ledgerOf(memory).bind(app, shown);
    assert.ok(refusal.kind === "refused" && refusal.problem === "contradicts-record");
  });
}

Deno.test("an environment that shows a request which the claim does not have is refused", () => {
  const ledger = ledgerOf(memory, mixed);
  for (const claim of [memory, mixed]) {
    const shown = environmentsOf(claim).map((environment) => ({ ...environment, request: "c" }));
    const refusal = ledger.bind(app, shown);
    assert.ok(refusal.kind === "refused" && refusal.problem === "contradicts-record");
  }
});

Deno.test("one claim that is refused leaves the others of the container alone", () => {
  const ledger = ledgerOf(memory);
  const refusal = ledger.bind(app, [memory, mixed].flatMap(environmentsOf));
  assert.ok(refusal.kind === "refused");
  assert.equal(ledger.holder(uidOf(1)), undefined);
  assert.deepEqual(ledger.heldIn(app.pod), []);
});

Deno.test("a claim that was taken back can be bound to another container", () => {
  const ledger = ledgerOf(memory);
  ledger.bind(app, environmentsOf(memory));
  ledger.unbind([uidOf(1), uidOf(9)]);
  assert.deepEqual(ledger.heldIn(app.pod), []);
  assert.ok(ledger.bind(sidecar, environmentsOf(memory)).kind === "bound");
});

Deno.test("a claim that is entered again counts once, with its new amount, and has no container", () => {
  const ledger = ledgerOf(memory);
  ledger.bind(app, environmentsOf(memory));
  ledger.add(preparedClaim(1, [allocationOf("memory-numa0", MiB)]));
  assert.equal(ledger.usedBytes("memory-numa0"), MiB);
  assert.equal(ledger.holder(uidOf(1)), undefined);
  assert.equal([...ledger.claims()].length, 1);
});

Deno.test("a container without claims is bound to nothing", () => {
  const ledger = ledgerOf(memory);
  assert.deepEqual(ledger.bind(app, []), { kind: "bound", shares: [], isNew: false, newlyBound: [] });
  assert.deepEqual(ledger.heldIn(app.pod), []);
});
