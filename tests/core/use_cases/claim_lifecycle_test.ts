import assert from "node:assert/strict";
import type { ResourceClaim } from "../../../core/claims/claim.ts";
import { ClaimLifecycle } from "../../../core/use_cases/claim_lifecycle.ts";
import { containerPath } from "../../../core/values/container_path.ts";
import { podUid } from "../../../core/values/ids.ts";
import { ClusterUnavailableError } from "../../../core/ports/claim_source.ts";
import type { PrepareOutcome } from "../../../core/ports/dra_service.ts";
import { diskFull } from "../fakes/memory_checkpoint.ts";
import { allocatedClaim, allocationOf, GiB, MiB, podOf, preparedClaim, resultOf, uidOf } from "../samples.ts";
import { driver, requested } from "./claim_driver.ts";
import { memoryResource } from "../../../core/values/resource_name.ts";

function failure(outcome: PrepareOutcome | undefined): string {
  return outcome?.kind === "failed" ? outcome.message : assert.fail(`not failed: ${Deno.inspect(outcome)}`);
}

const memoryClaim = allocatedClaim(1, [resultOf("memory-numa0", 256n * MiB)]);
const mixedClaim = allocatedClaim(2, [
  { ...resultOf("memory-numa0", MiB, "ram"), shareId: "share-1" },
  resultOf("hugepages-2m-numa0", 4n * MiB, "pages/big"),
]);

Deno.test("a prepared claim is durable, in the store, and answered with its devices", async () => {
  const { lifecycle, store, checkpoint, events } = driver(mixedClaim);
  const uid = uidOf(2);
  assert.deepEqual(
    await lifecycle.prepare([requested(2)]),
    new Map([[uid, {
      kind: "prepared",
      devices: [
        {
          requestNames: ["ram"],
          pool: "worker-1/memory",
          device: "memory-numa0",
          cdiDeviceIds: [`dra.memory/claim=${uid}_ram`],
          shareId: "share-1",
        },
        {
          requestNames: ["pages"],
          pool: "worker-1/hugepages-2m",
          device: "hugepages-2m-numa0",
          cdiDeviceIds: [`dra.memory/claim=${uid}_pages`],
        },
      ],
    }]]),
  );
  assert.deepEqual(checkpoint.stored.get(uid), store.get(uid));
  assert.deepEqual([store.get(uid)?.pod.uid, store.get(uid)?.container], [podOf(1).uid, "app"]);
  assert.deepEqual(events.kinds(), ["claim-prepared"]);
});

Deno.test("preparing again gives the same answer, without the cluster and without a second share", async () => {
  const { lifecycle, store, claims } = driver(memoryClaim);
  const first = await lifecycle.prepare([requested(1)]);
  claims.answering = () => Promise.reject(new ClusterUnavailableError("away"));
  assert.deepEqual(await lifecycle.prepare([requested(1)]), first);
  assert.equal(store.usedBytes("memory-numa0"), 256n * MiB);
});

Deno.test("a claim without devices of this driver is prepared, and leaves no trace", async () => {
  const gpu = { request: "gpu", driver: "gpu.example.com", pool: "p", device: "d" };
  const { lifecycle, store, checkpoint } = driver(allocatedClaim(1, [gpu]));
  const outcomes = await lifecycle.prepare([requested(1)]);
  assert.deepEqual(outcomes.get(uidOf(1)), { kind: "prepared", devices: [] });
  assert.deepEqual([store.get(uidOf(1)), checkpoint.stored.size], [undefined, 0]);
});

for (
  const [what, claim, message] of [
    ["gone", undefined, /there is no such claim/],
    [
      "of another uid",
      { ...memoryClaim, reference: { ...memoryClaim.reference, uid: uidOf(7) } },
      /no such claim/,
    ],
    ["not allocated", { reference: memoryClaim.reference, reservedFor: [podOf(1)] }, /it is not allocated/],
    ["not reserved", { ...memoryClaim, reservedFor: [] }, /not reserved for a pod/],
    ["reserved for two pods", { ...memoryClaim, reservedFor: [podOf(1), podOf(2)] }, /2 pods.*its own claim/],
    ["configured without a meaning", {
      ...memoryClaim,
      allocation: {
        ...memoryClaim.allocation,
        configs: [{
          source: "claim",
          requests: [],
          parameters: { problems: ["kind: must be MemoryConfig"] },
        }],
      },
    }, /its configuration cannot be used: kind: must be MemoryConfig$/],
    [
      "more than the node has",
      allocatedClaim(1, [resultOf("memory-numa0", 2n * GiB)]),
      /memory-numa0.*the device has/,
    ],
  ] satisfies [string, ResourceClaim | undefined, RegExp][]
) {
  Deno.test(`a claim that is ${what} is refused with its name and the reason, and nothing is left`, async () => {
    const { lifecycle, store, checkpoint, claims, events } = driver();
    if (claim !== undefined) claims.claims.set("claim-1", claim);
    const outcomes = await lifecycle.prepare([requested(1)]);
    assert.match(failure(outcomes.get(uidOf(1))), message);
    assert.match(failure(outcomes.get(uidOf(1))), /default\/claim-1/);
    assert.deepEqual([store.get(uidOf(1)), checkpoint.stored.size], [undefined, 0]);
    assert.deepEqual(events.kinds(), ["claim-refused"]);
  });
}

Deno.test("a claim knows what its container finds mounted, beside the other claims that it has", async () => {
  const pages = allocatedClaim(3, [resultOf("hugepages-2m-numa0", 2n * MiB)]);
  const { lifecycle, store, claims } = driver(pages, mixedClaim);
  await lifecycle.prepare([requested(3), requested(2)]);
  for (const [number, request] of [[2, "pages"], [3, "mem"]] as const) {
    const injection = store.get(uidOf(number))?.injections?.find((each) => each.request === request);
    assert.deepEqual(injection?.mounts.map(({ path, bytes }) => [path, bytes]), [[
      "/dev/hugepages-2Mi",
      6n * MiB,
    ]]);
  }
  assert.deepEqual(claims.asked.toSorted(), ["claim-2", "claim-3"], "each is looked up once in a call");
  const other = driver(pages);
  other.pods.hasUserNamespace = true;
  await other.lifecycle.prepare([requested(3)]);
  assert.match(other.store.get(uidOf(3))?.withoutMounts ?? "", /hostUsers: false/);
});

Deno.test("a path for the mount that the pod has a volume at is refused, and nothing is left", async () => {
  const parameters = { hugetlbfs: { mountPath: containerPath("/data/huge") } };
  const claim = allocatedClaim(3, [resultOf("hugepages-2m-numa0", 2n * MiB)]);
  const { lifecycle, store, pods, checkpoint } = driver({
    ...claim,
    allocation: { ...claim.allocation, configs: [{ source: "claim", requests: [], parameters }] },
  });
  pods.paths = ["/data"];
  assert.equal(
    failure((await lifecycle.prepare([requested(3)])).get(uidOf(3))),
    "Cannot prepare claim default/claim-3: hugetlbfs.mountPath: /data/huge meets /data, where the container has a " +
      "volume: choose another path",
  );
  assert.deepEqual([store.get(uidOf(3)), checkpoint.stored.size], [undefined, 0]);
  assert.equal(store.usedBytes("hugepages-2m-numa0"), 0n);
});

Deno.test("a claim keeps the policy that it was configured with, or is refused where the node cannot give it", async () => {
  const configs = [{ source: "class", requests: ["mem"], parameters: { policy: "interleave" } }] as const;
  const claim = { ...memoryClaim, allocation: { ...memoryClaim.allocation, configs } };
  const able = driver(claim), unable = driver(claim);
  await able.lifecycle.prepare([requested(1)]);
  assert.deepEqual(able.store.get(uidOf(1))?.terms, [{ request: "mem", policy: "interleave" }]);
  const policies = { problem: ({ policy = "" }) => `policy: ${policy} is not to be had` };
  const outcomes = await new ClaimLifecycle({ ...unable, policies }).prepare([requested(1)]);
  assert.equal(
    failure(outcomes.get(uidOf(1))),
    "Cannot prepare claim default/claim-1: policy: interleave is not to be had",
  );
  assert.deepEqual([unable.store.get(uidOf(1)), unable.checkpoint.stored.size], [undefined, 0]);
});

Deno.test("a claim knows whether the kubelet counts it", async () => {
  for (const counts of [false, true]) {
    const parts = driver(memoryClaim);
    await new ClaimLifecycle({ ...parts, kubeletCounts: () => counts }).prepare([requested(1)]);
    assert.equal(parts.store.get(uidOf(1))?.countedByKubelet ?? false, counts);
  }
});

Deno.test("a claim knows what its pod limits itself", async () => {
  const { lifecycle, pods, store } = driver(memoryClaim);
  pods.limited = [memoryResource];
  await lifecycle.prepare([requested(1)]);
  assert.deepEqual(store.get(uidOf(1))?.limitedByPod, [memoryResource]);
});

Deno.test("every claim of a call is answered, and one that fails does not touch the others", async () => {
  const { lifecycle } = driver(memoryClaim, mixedClaim);
  const bad = { ...requested(3), uid: "../../etc" };
  const outcomes = await lifecycle.prepare([requested(1), bad, requested(2), requested(4)]);
  assert.deepEqual(
    [...outcomes].map(([uid, { kind }]) => [uid, kind]),
    [[uidOf(1), "prepared"], ["../../etc", "failed"], [uidOf(2), "prepared"], [uidOf(4), "failed"]],
  );
});

Deno.test("a call for nothing is answered with nothing", async () => {
  assert.deepEqual(await driver().lifecycle.prepare([]), new Map());
  assert.deepEqual(await driver().lifecycle.unprepare([]), new Map());
});

Deno.test("a cluster that cannot be asked is the claim's failure, and the next try succeeds", async () => {
  const { lifecycle, claims } = driver(memoryClaim);
  claims.answering = () => Promise.reject(new ClusterUnavailableError("Cannot ask the API server: away"));
  assert.equal(
    failure((await lifecycle.prepare([requested(1)])).get(uidOf(1))),
    "Cannot ask the API server: away",
  );
  claims.answering = () => Promise.resolve();
  assert.equal((await lifecycle.prepare([requested(1)])).get(uidOf(1))?.kind, "prepared");
});

Deno.test("a checkpoint that cannot be written leaves nothing, and the next try succeeds", async () => {
  const { lifecycle, store, checkpoint } = driver(memoryClaim);
  checkpoint.failing = (call) => call === "save" ? diskFull : undefined;
  assert.equal(failure((await lifecycle.prepare([requested(1)])).get(uidOf(1))), diskFull.message);
  assert.deepEqual([store.get(uidOf(1)), store.usedBytes("memory-numa0")], [undefined, 0n]);
  checkpoint.failing = () => undefined;
  assert.equal((await lifecycle.prepare([requested(1)])).get(uidOf(1))?.kind, "prepared");
});

Deno.test("an error that nobody foresaw is not passed off as the claim's, and leaves nothing either", async () => {
  const { lifecycle, store, checkpoint } = driver(memoryClaim);
  checkpoint.failing = () => new TypeError("a mistake in the program");
  await assert.rejects(lifecycle.prepare([requested(1)]), /a mistake in the program/);
  assert.equal(store.get(uidOf(1)), undefined);
});

Deno.test("an unprepared claim is neither durable nor in the store any more, and once more is no error", async () => {
  const { lifecycle, store, checkpoint, events } = driver(memoryClaim);
  await lifecycle.prepare([requested(1)]);
  for (let time = 0; time < 2; time++) {
    const outcomes = await lifecycle.unprepare([requested(1)]);
    assert.deepEqual(outcomes, new Map([[uidOf(1), { kind: "unprepared" }]]));
    assert.deepEqual([store.get(uidOf(1)), checkpoint.stored.size], [undefined, 0]);
    assert.equal(store.usedBytes("memory-numa0"), 0n);
  }
  assert.equal(events.kinds()[1], "claim-unprepared");
});

Deno.test("a claim that was never prepared, and is gone from the cluster, can be unprepared", async () => {
  const outcomes = await driver().lifecycle.unprepare([requested(9)]);
  assert.deepEqual(outcomes.get(uidOf(9)), { kind: "unprepared" });
});

Deno.test("a checkpoint that cannot be removed keeps its claim, and the others are unprepared", async () => {
  const { lifecycle, store, checkpoint } = driver(memoryClaim);
  await lifecycle.prepare([requested(1)]);
  checkpoint.failing = () => diskFull;
  const outcomes = await lifecycle.unprepare([requested(1)]);
  assert.deepEqual(outcomes.get(uidOf(1)), { kind: "failed", message: diskFull.message });
  assert.equal(store.usedBytes("memory-numa0"), 256n * MiB);
});

Deno.test("what is durable is there after a restart, and what is damaged is told", async () => {
  const { lifecycle, store, checkpoint, events } = driver();
  checkpoint.stored.set(uidOf(1), preparedClaim(1, [allocationOf("memory-numa0", MiB)]));
  checkpoint.damaged = [{ uid: undefined, message: "Cannot read x.json" }];
  await store.recover();
  assert.equal(store.usedBytes("memory-numa0"), MiB);
  assert.equal((await lifecycle.prepare([requested(1)])).get(uidOf(1))?.kind, "prepared");
  assert.deepEqual(events.kinds(), ["checkpoint-damaged", "claims-recovered"]);
});

Deno.test("the pod of a claim is the one that it is reserved for", async () => {
  const pod = { namespace: "other", name: "p", uid: podUid("u") };
  const { lifecycle, store } = driver({ ...memoryClaim, reservedFor: [pod] });
  await lifecycle.prepare([requested(1)]);
  assert.deepEqual(store.get(uidOf(1))?.pod, pod);
});
