import fc from "fast-check";
import assert from "node:assert/strict";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import type { ClaimEnvironment, Share } from "../../../core/claims/environment.ts";
import { type BindOutcome, ClaimLedger, type ContainerIdentity } from "../../../core/claims/ledger.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import { type ClaimUid, containerId, podUid } from "../../../core/values/ids.ts";
import { allocationOf, MiB, podOf, preparedClaim, uidOf } from "../samples.ts";

const deviceNames = ["memory-numa0", "memory-numa1", "hugepages-2m-numa0"];
const pods = [1, 2].map((number) => podOf(number).uid);
const claimNumbers = [0, 1, 2, 3];

/** The ledger as plain as can be: everything is counted anew whenever it is asked for. */
class Model {
  readonly claims = new Map<ClaimUid, PreparedClaim>();
  readonly held = new Map<ClaimUid, { container: ContainerIdentity; shares: readonly Share[] }>();

  mayBind(container: ContainerIdentity, shown: readonly ClaimEnvironment[]): boolean {
    return shown.every((environment) => {
      const claim = this.claims.get(environment.claim), holder = this.held.get(environment.claim)?.container;
      return claim !== undefined && claim.pod.uid === container.pod &&
        (holder === undefined || (holder.name === container.name && holder.pod === container.pod)) &&
        environmentsOf(claim).some((recorded) => text(recorded) === text(environment));
    });
  }
}

function text({ request, shares }: ClaimEnvironment): string {
  return `${request}: ${shares.map((share) => Object.values(share).join()).join(";")}`;
}

function assertSame(model: Model, ledger: ClaimLedger): void {
  assert.deepEqual(new Set(ledger.claims()), new Set(model.claims.values()));
  const allocations = [...model.claims.values()].flatMap((claim) => claim.allocations);
  for (const name of deviceNames) {
    const used = allocations.filter(({ device }) => device === name).reduce(
      (sum, { bytes }) => sum + bytes,
      0n,
    );
    assert.equal(ledger.usedBytes(name), used);
  }
  for (const uid of claimNumbers.map(uidOf)) {
    assert.equal(ledger.get(uid), model.claims.get(uid));
    assert.deepEqual(ledger.holder(uid), model.held.get(uid)?.container.name);
  }
  for (const pod of pods) {
    const held = [...model.held.values()].filter(({ container }) => container.pod === pod);
    const order = (shares: readonly Share[]) => shares.map((share) => Object.values(share).join()).sort();
    assert.deepEqual(order(ledger.heldIn(pod)), order(held.flatMap(({ shares }) => shares)));
  }
}

type Command = fc.Command<Model, ClaimLedger>;

function command(label: string, act: (model: Model, ledger: ClaimLedger) => void): Command {
  return {
    check: () => true,
    run(model, ledger) {
      act(model, ledger);
      assertSame(model, ledger);
    },
    toString: () => label,
  };
}

const allocation = fc.tuple(fc.constantFrom(...deviceNames), fc.bigInt(1n, 4n), fc.constantFrom("a", "b"))
  .map(([device, count, request]) => allocationOf(device, count * 2n * MiB, request));
const claim = fc.tuple(
  fc.constantFrom(...claimNumbers),
  fc.array(allocation, { minLength: 1, maxLength: 3 }),
  fc.constantFrom(1, 2),
).map(([number, allocations, pod]) => preparedClaim(number, allocations, pod));
const uids = fc.subarray(claimNumbers).map((numbers) => numbers.map(uidOf));

const add = claim.map((prepared) =>
  command(`add ${prepared.reference.name} for ${prepared.pod.name}`, (model, ledger) => {
    model.claims.set(prepared.reference.uid, prepared);
    model.held.delete(prepared.reference.uid);
    ledger.add(prepared);
  })
);

const remove = fc.constantFrom(...claimNumbers).map((number) =>
  command(`remove claim-${number}`, (model, ledger) => {
    model.claims.delete(uidOf(number));
    model.held.delete(uidOf(number));
    ledger.remove(uidOf(number));
  })
);

const unbind = uids.map((list) =>
  command(`unbind ${list}`, (model, ledger) => {
    for (const uid of list) model.held.delete(uid);
    ledger.unbind(list);
  })
);

/** A container that shows some requests of some claims, one of them perhaps not as it was recorded. */
const bind = fc.record({
  name: fc.constantFrom("app", "sidecar"),
  pod: fc.constantFrom(...pods),
  numbers: fc.subarray(claimNumbers, { minLength: 1 }),
  requests: fc.constantFrom("all", "first"),
  lie: fc.option(fc.constantFrom("bytes", "request", "claim"), { freq: 8 }),
}).map(({ name, pod, numbers, requests, lie }) =>
  command(`bind ${numbers} (${requests}, ${lie}) to ${name} of ${pod}`, (model, ledger) => {
    const honest = numbers.flatMap((number) => {
      const found = model.claims.get(uidOf(number));
      const all = found === undefined ? [] : environmentsOf(found);
      return requests === "all" ? all : all.slice(0, 1);
    });
    const shown = honest.map((environment, index) => index === 0 ? tampered(environment, lie) : environment);
    const container = { pod, name, id: containerId(name) };
    const expected = model.mayBind(container, shown);
    const newlyBound = new Set(shown.map((one) => one.claim)).difference(new Set(model.held.keys()));
    assertOutcome(ledger.bind(container, shown), expected, shown, newlyBound);
    if (!expected) return;
    for (const [uid, own] of Map.groupBy(shown, (environment) => environment.claim)) {
      model.held.set(uid, { container, shares: own.flatMap(({ shares }) => shares) });
    }
  })
);

function tampered(environment: ClaimEnvironment, lie: string | null): ClaimEnvironment {
  switch (lie) {
    case "bytes":
      return {
        ...environment,
        shares: environment.shares.map((share) => ({ ...share, bytes: share.bytes + 1n })),
      };
    case "request":
      return { ...environment, request: "other" };
    case "claim":
      return { ...environment, claim: uidOf(99) };
    default:
      return environment;
  }
}

function assertOutcome(
  outcome: BindOutcome,
  expected: boolean,
  shown: readonly ClaimEnvironment[],
  newlyBound: ReadonlySet<ClaimUid>,
): void {
  assert.equal(outcome.kind, expected ? "bound" : "refused");
  if (outcome.kind !== "bound") return;
  assert.deepEqual(outcome.shares, shown.flatMap(({ shares }) => shares));
  assert.deepEqual(new Set(outcome.newlyBound), newlyBound);
}

Deno.test("whatever happens, the ledger agrees with a plain account of it, and nothing is left at the end", () => {
  fc.assert(
    fc.property(fc.commands([add, add, remove, unbind, bind, bind], { maxCommands: 40 }), (commands) => {
      const model = new Model(), ledger = new ClaimLedger();
      fc.modelRun(() => ({ model, real: ledger }), commands);
      for (const number of claimNumbers) ledger.remove(uidOf(number));
      assertSame(new Model(), ledger);
    }),
    { numRuns: 200 },
  );
});

Deno.test("a pod that nobody knows holds nothing", () => {
  assert.deepEqual(new ClaimLedger().heldIn(podUid("unknown")), []);
});
