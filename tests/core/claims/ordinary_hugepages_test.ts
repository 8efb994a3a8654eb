import assert from "node:assert/strict";
import { Containers } from "../../../core/claims/containers.ts";
import type { Precision } from "../../../core/claims/free_hugepages.ts";
import { OrdinaryHugepages } from "../../../core/claims/ordinary_hugepages.ts";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import type { PodHugetlbUse } from "../../../core/ports/pod_hugetlb.ts";
import { containerId, numaNodeId } from "../../../core/values/ids.ts";
import { pageSize } from "../../../core/values/page_size.ts";
import { ClaimList } from "../fakes/claim_list.ts";
import { allocationOf, MiB, nodeIds, podOf, preparedClaim } from "../samples.ts";

const page = pageSize(2n * MiB), node0 = numaNodeId(0);
const claim = preparedClaim(1, [allocationOf("hugepages-2m-numa0", 32n * MiB)]);

/** A pod as its cgroup has it, in MiB. */
function pod(limit: bigint, used: bigint = 0n, nodes: PodHugetlbUse["nodes"] = undefined): PodHugetlbUse {
  return { pod: podOf(1).uid, limit: limit * MiB, used: used * MiB, nodes };
}

/** A node with one claim, whose container exists or not, and what its pods may still take of node 0, in MiB. */
function node({ prepared = claim, started = false, complete = true }: {
  prepared?: PreparedClaim;
  started?: boolean;
  complete?: boolean;
} = {}) {
  const store = new ClaimList(prepared), containers = new Containers(store), id = containerId("a");
  if (started) {
    containers.add({
      id,
      name: "app",
      sandbox: { reference: podOf(1), cgroupParent: "/pod1" },
      holdings: new Map([[prepared, prepared.allocations]]),
      adjustment: { mems: "0", hugetlbBytes: new Map() },
      limitsPending: false,
    });
  }
  if (complete) containers.keepOnly(new Set([id]));
  return async (...uses: PodHugetlbUse[]) => {
    const pods = { list: () => Promise.resolve(uses) };
    const ordinary = new OrdinaryHugepages({ store, containers, pods, now: () => 0 });
    return await ordinary.untakenBytes(node0, page, "exactly") / MiB;
  };
}

Deno.test("a pod may still take what its limit leaves, in whole pages", async () => {
  const untaken = node();
  assert.equal(await untaken(), 0n);
  assert.equal(await untaken(pod(16n), pod(8n, 6n), pod(4n, 4n)), 18n);
  assert.equal(await untaken(pod(5n)), 4n);
  assert.equal(await untaken(pod(5n, 6n)), 0n);
});

Deno.test("it may take it from each node that its containers use, and from any while there are none", async () => {
  const untaken = node();
  assert.equal(await untaken(pod(16n, 0n, nodeIds(1))), 0n);
  assert.equal(await untaken(pod(16n, 0n, nodeIds(0, 1))), 16n);
});

Deno.test("what the driver added to a limit for claims is not counted, nor what is used of it", async () => {
  const before = node(), after = node({ started: true });
  assert.equal(await before(pod(16n)), 16n);
  assert.equal(await after(pod(48n)), 16n);
  assert.equal(await after(pod(48n, 32n)), 16n);
  assert.equal(await after(pod(48n, 40n)), 8n);
  // As while the kubelet has set the limit anew and the driver has not raised it again.
  assert.equal(await after(pod(16n, 40n)), 0n);
});

Deno.test("what the kubelet added to a limit is not counted, whether the container exists or not", async () => {
  const prepared = { ...claim, countedByKubelet: true } as const;
  for (const started of [false, true]) assert.equal(await node({ prepared, started })(pod(48n, 8n)), 16n);
});

Deno.test("to a limit that the pod itself has the kubelet adds nothing, and the driver does", async () => {
  const limitedByPod = claim.allocations.map(({ resource }) => resource);
  const prepared = { ...claim, countedByKubelet: true, limitedByPod } as const;
  assert.equal(await node({ prepared })(pod(48n)), 48n);
  assert.equal(await node({ prepared, started: true })(pod(80n)), 48n);
});

Deno.test("as long as it is not known which containers hold claims, nothing counts", async () => {
  assert.equal(await node({ complete: false })(pod(48n)), 0n);
});

/** Pods that count how often they are looked at, and a clock. */
function watched() {
  const store = new ClaimList(), containers = new Containers(store);
  containers.keepOnly(new Set());
  const seen = { looks: 0, time: 0, limit: 16n };
  const pods = {
    list: () => {
      seen.looks++;
      return Promise.resolve([pod(seen.limit)]);
    },
  };
  return { seen, ordinary: new OrdinaryHugepages({ store, containers, pods, now: () => seen.time }) };
}

Deno.test("those who ask at a time share a look", async () => {
  const { seen, ordinary } = watched();
  const asked = await Promise.all(
    Array.from({ length: 9 }, () => ordinary.untakenBytes(node0, page, "exactly")),
  );
  assert.deepEqual([new Set(asked), seen.looks], [new Set([16n * MiB]), 2]);
});

Deno.test("a look serves for a second where it need not be exact", async () => {
  const { seen, ordinary } = watched();
  const ask = async (precision: Precision) => await ordinary.untakenBytes(node0, page, precision) / MiB;
  assert.equal(await ask("at most"), 16n);
  Object.assign(seen, { time: 999, limit: 32n });
  assert.equal(await ask("at most"), 16n);
  assert.equal(await ask("exactly"), 32n);
  Object.assign(seen, { time: 1_998, limit: 48n });
  assert.equal(await ask("at most"), 32n);
  seen.time = 1_999;
  assert.equal(await ask("at most"), 48n);
  assert.equal(seen.looks, 3);
});
