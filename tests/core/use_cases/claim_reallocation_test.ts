/** Claims that the cluster allocated again without their having been unprepared. */
import assert from "node:assert/strict";
import type { ResourceClaim } from "../../../core/claims/claim.ts";
import { encodeEnvironment } from "../../../core/claims/environment.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import { ClusterUnavailableError } from "../../../core/ports/claim_source.ts";
import { AdjustContainers } from "../../../core/use_cases/adjust_containers.ts";
import { CollectOrphans } from "../../../core/use_cases/collect_orphans.ts";
import { containerId } from "../../../core/values/ids.ts";
import { allocatedClaim, deviceOf, MiB, podOf, resultOf, uidOf } from "../samples.ts";
import { driver, requested } from "./claim_driver.ts";

const first = allocatedClaim(1, [{ ...resultOf("memory-numa0", 256n * MiB), shareId: "share-1" }], 1);
/** The same claim, on another node and for another pod. */
const anew = allocatedClaim(1, [{ ...resultOf("memory-numa1", 256n * MiB), shareId: "share-2" }], 2);
/** The same share of the same device, for another pod. */
const passedOn: ResourceClaim = { ...first, reservedFor: [podOf(2)] };

/** A driver that prepared the claim for the first pod, with a runtime that has no containers. */
async function prepared() {
  const parts = driver(first);
  parts.inventory.replace(["memory-numa0", "memory-numa1"].map((name) => deviceOf(name, 512n * MiB)));
  parts.containers.keepOnly(new Set());
  await parts.lifecycle.prepare([requested(1)]);
  const adjusting = new AdjustContainers({
    ...parts,
    renew: async (claims) => void await parts.lifecycle.prepare(claims),
  });
  return { ...parts, adjusting, orphans: new CollectOrphans({ ...parts, service: parts.lifecycle }) };
}

type Parts = Awaited<ReturnType<typeof prepared>>;

function allocate({ claims }: Parts, claim: ResourceClaim | undefined): void {
  if (claim === undefined) claims.claims.delete("claim-1");
  else claims.claims.set("claim-1", claim);
}

/** What the claim is prepared as: `device for pod`. */
function state({ store }: Parts): string | undefined {
  const claim = store.get(uidOf(1));
  return claim && `${claim.allocations.map(({ device }) => device)} for ${claim.pod.name}`;
}

async function prepare({ lifecycle }: Parts): Promise<string> {
  const outcome = (await lifecycle.prepare([requested(1)])).get(uidOf(1));
  return outcome?.kind === "prepared"
    ? outcome.devices.map(({ device }) => device).join()
    : outcome?.message ?? assert.fail("no answer");
}

/** Starts a container of a pod that shows the claim as it is prepared. */
async function start({ adjusting, store }: Parts, pod: number) {
  const claim = store.get(uidOf(1)) ?? assert.fail("not prepared");
  const container = {
    id: containerId(`container-of-${pod}`),
    name: "app",
    environment: environmentsOf(claim).flatMap(encodeEnvironment),
    applied: { mems: "", hugetlbBytes: new Map() },
  };
  const sandbox = { reference: podOf(pod), cgroupParent: `/kubepods/pod${pod}` };
  return { sandbox, container, outcome: await adjusting.adjust(sandbox, container) };
}

for (
  const [what, claim, expected] of [
    ["another device", anew, "memory-numa1 for pod-2"],
    ["another pod", passedOn, "memory-numa0 for pod-2"],
  ] as const
) {
  Deno.test(`a claim that was allocated to ${what} meanwhile is prepared anew, and its former bytes are free`, async () => {
    const parts = await prepared();
    allocate(parts, claim);
    assert.match(expected, new RegExp(`^${await prepare(parts)} `));
    assert.equal(state(parts), expected);
    assert.equal(parts.store.usedBytes("memory-numa0") + parts.store.usedBytes("memory-numa1"), 256n * MiB);
    assert.deepEqual(parts.events.kinds().slice(-2), ["claim-superseded", "claim-prepared"]);
  });
}

Deno.test("what a container still uses is not prepared anew until that is gone, and the refusal says so", async () => {
  const parts = await prepared();
  const { sandbox, container } = await start(parts, 1);
  allocate(parts, anew);
  assert.match(
    await prepare(parts),
    /it was allocated anew, and a container of pod pod-1 still uses what was prepared/,
  );
  assert.equal(state(parts), "memory-numa0 for pod-1");
  await parts.adjusting.removed(sandbox, container);
  assert.equal(await prepare(parts), "memory-numa1");
});

Deno.test("before the runtime has told which containers there are, nothing is taken from one", async () => {
  const parts = driver(first);
  await parts.lifecycle.prepare([requested(1)]);
  parts.claims.claims.set("claim-1", passedOn);
  const outcome = (await parts.lifecycle.prepare([requested(1)])).get(uidOf(1));
  assert.equal(outcome?.kind, "failed");
  assert.equal(parts.store.get(uidOf(1))?.pod.name, "pod-1");
});

Deno.test("a claim is answered as it was prepared while the cluster cannot be asked", async () => {
  const parts = await prepared();
  parts.claims.answering = () => Promise.reject(new ClusterUnavailableError("away"));
  assert.equal(await prepare(parts), "memory-numa0");
});

Deno.test("a container of the pod that the claim was passed on to starts, though the kubelet did not ask again", async () => {
  const parts = await prepared();
  allocate(parts, passedOn);
  const { outcome } = await start(parts, 2);
  assert.equal(outcome.kind, "adjusted");
  assert.equal(state(parts), "memory-numa0 for pod-2");
});

Deno.test("a container of a pod that the claim is not for is refused as before", async () => {
  const { outcome } = await start(await prepared(), 2);
  assert.match(outcome.kind === "refused" ? outcome.message : "", /prepared for pod pod-1, not for this one/);
});

const fates: Record<string, [ResourceClaim | undefined, string | undefined]> = {
  "as it was prepared stays": [first, "memory-numa0 for pod-1"],
  "for another pod is prepared for that": [passedOn, "memory-numa0 for pod-2"],
  "on another device is prepared there": [anew, "memory-numa1 for pod-2"],
  "nowhere is given back": [{ reference: first.reference, reservedFor: [] }, undefined],
  "for no pod is given back": [{ ...first, reservedFor: [] }, undefined],
  "on another machine is given back": [
    {
      ...anew,
      allocation: { configs: [], results: [{ ...resultOf("memory-numa1", MiB), pool: "worker-2/memory" }] },
    },
    undefined,
  ],
};
for (const [what, [claim, expected]] of Object.entries(fates)) {
  Deno.test(`a claim that is allocated ${what}, after the grace`, async () => {
    const parts = await prepared();
    allocate(parts, claim);
    await parts.orphans.run();
    assert.equal(state(parts), "memory-numa0 for pod-1");
    await parts.orphans.run();
    assert.equal(state(parts), expected);
  });
}

Deno.test("an instance that does not know the containers gives back what is gone from the cluster alone", async () => {
  const parts = driver(first);
  await parts.lifecycle.prepare([requested(1)]);
  const orphans = new CollectOrphans({ ...parts, service: parts.lifecycle });
  parts.claims.claims.set("claim-1", { ...first, reservedFor: [] });
  for (let run = 0; run < 3; run++) await orphans.run();
  assert.equal(parts.store.get(uidOf(1))?.pod.name, "pod-1");
  parts.claims.claims.delete("claim-1");
  for (let run = 0; run < 2; run++) await orphans.run();
  assert.equal(parts.store.get(uidOf(1)), undefined);
});

Deno.test("a result with adminAccess holds nothing, so that an ordinary claim gets all of the device", async () => {
  const looking = allocatedClaim(2, [{ ...resultOf("memory-numa0", 512n * MiB), adminAccess: true }], 2);
  const working = allocatedClaim(3, [resultOf("memory-numa0", 1024n * MiB)], 3);
  const { lifecycle, store } = driver(looking, working);
  const outcomes = await lifecycle.prepare([requested(2), requested(3)]);
  assert.deepEqual([...outcomes.values()].map(({ kind }) => kind), ["prepared", "prepared"]);
  assert.deepEqual([...store.claims()].map(({ reference }) => reference.name), ["claim-3"]);
});
