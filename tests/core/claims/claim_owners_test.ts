import assert from "node:assert/strict";
import { ClaimOwners } from "../../../core/claims/claim_owners.ts";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import { numaNodeId } from "../../../core/values/ids.ts";
import { allocationOf, MiB, podOf, preparedClaim } from "../samples.ts";

const app = { pod: podOf(1).uid, name: "app" };
const sidecar = { pod: podOf(1).uid, name: "sidecar" };
const memory = preparedClaim(1, [allocationOf("memory-numa0", 4n * MiB)]);
const mixed = preparedClaim(2, [
  allocationOf("memory-numa0", 8n * MiB, "a"),
  allocationOf("hugepages-2m-numa1", 2n * MiB, "b"),
]);

function ownersOf(...claims: PreparedClaim[]): ClaimOwners {
  return new ClaimOwners({ get: (uid) => claims.find(({ reference }) => reference.uid === uid) });
}

Deno.test("a container is bound to the claims that it shows, and holds the sum of their shares", () => {
  const owners = ownersOf(memory, mixed);
  const outcome = owners.bind(app, [memory, mixed].flatMap(environmentsOf));
  const shares = (claim: PreparedClaim) => environmentsOf(claim).flatMap(({ shares }) => shares);
  assert.deepEqual(outcome, {
    kind: "bound",
    holdings: new Map([[memory, shares(memory)], [mixed, shares(mixed)]]),
    newlyBound: [memory, mixed],
  });
  assert.deepEqual([memory, mixed].map((claim) => owners.owner(claim)), ["app", "app"]);
});

Deno.test("a container that names one request holds that request's share alone", () => {
  const one = environmentsOf(mixed).filter(({ request }) => request === "b");
  const outcome = ownersOf(mixed).bind(app, one);
  assert.ok(outcome.kind === "bound");
  assert.deepEqual(outcome.holdings, new Map([[mixed, one.flatMap(({ shares }) => shares)]]));
});

Deno.test("a container that is restarted is bound again, with nothing new", () => {
  const owners = ownersOf(memory);
  owners.bind(app, environmentsOf(memory));
  const again = owners.bind(app, environmentsOf(memory));
  assert.deepEqual(again.kind === "bound" && again.newlyBound, []);
});

Deno.test("a second container is refused, not even a share of another request is left for it", () => {
  const owners = ownersOf(mixed);
  const [a = [], b = []] = environmentsOf(mixed).map((environment) => [environment]);
  owners.bind(app, a);
  const refusal = owners.bind(sidecar, b);
  assert.ok(refusal.kind === "refused" && refusal.problem === "other-container");
  assert.match(
    refusal.message,
    /default\/claim-2 is owned by container app.*give container sidecar a claim of its own/,
  );
  assert.equal(owners.owner(mixed), "app");
});

Deno.test("a claim whose container the pod's spec names is that container's, whichever comes first", () => {
  const named = { ...memory, container: "app" };
  const owners = ownersOf(named);
  assert.equal(owners.owner(named), "app");
  const refusal = owners.bind(sidecar, environmentsOf(named));
  assert.ok(refusal.kind === "refused" && refusal.problem === "other-container");
  const outcome = owners.bind(app, environmentsOf(named));
  assert.deepEqual(outcome.kind === "bound" && outcome.newlyBound, []);
  owners.unbind([named]);
  assert.equal(owners.owner(named), "app");
});

Deno.test("the container of another pod is refused", () => {
  const refusal = ownersOf(memory).bind({ ...app, pod: podOf(2).uid }, environmentsOf(memory));
  assert.ok(refusal.kind === "refused" && refusal.problem === "other-pod");
});

Deno.test("a claim that is not prepared is refused", () => {
  const refusal = ownersOf().bind(app, environmentsOf(memory));
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
    const refusal = ownersOf(memory).bind(app, shown);
    assert.ok(refusal.kind === "refused" && refusal.problem === "contradicts-checkpoint");
  });
}

Deno.test("an environment that shows a request which the claim does not have is refused", () => {
  const owners = ownersOf(memory, mixed);
  for (const claim of [memory, mixed]) {
    const shown = environmentsOf(claim).map((environment) => ({ ...environment, request: "c" }));
    const refusal = owners.bind(app, shown);
    assert.ok(refusal.kind === "refused" && refusal.problem === "contradicts-checkpoint");
  }
});

Deno.test("one claim that is refused leaves the others of the container alone", () => {
  const owners = ownersOf(memory);
  assert.equal(owners.bind(app, [memory, mixed].flatMap(environmentsOf)).kind, "refused");
  assert.equal(owners.owner(memory), undefined);
});

Deno.test("a claim that was taken back can be bound to another container", () => {
  const owners = ownersOf(memory);
  owners.bind(app, environmentsOf(memory));
  owners.unbind([memory, mixed]);
  assert.equal(owners.bind(sidecar, environmentsOf(memory)).kind, "bound");
});

Deno.test("a claim that was prepared anew has no owner yet", () => {
  let claim = memory;
  const owners = new ClaimOwners({ get: () => claim });
  owners.bind(app, environmentsOf(claim));
  claim = { ...memory };
  assert.equal(owners.owner(claim), undefined);
  assert.equal(owners.bind(sidecar, environmentsOf(claim)).kind, "bound");
});

Deno.test("a container without claims is bound to nothing", () => {
  assert.deepEqual(ownersOf(memory).bind(app, []), { kind: "bound", holdings: new Map(), newlyBound: [] });
});
