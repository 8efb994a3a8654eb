import assert from "node:assert/strict";
import { joined, poolStatus } from "../../../../adapters/operations/cluster/pool_status.ts";
import { poolTable, printedPools } from "../../../../cmd/cluster/pool_tables.ts";
import { type ApiObject, MemoryCluster } from "./memory_cluster.ts";

const collection = "/apis/resource.k8s.io/v1alpha3/resourcepoolstatusrequests";
const capacity = [{ name: "size", total: "24Gi", consumed: "1536Mi", available: "23040Mi" }];
const counted = {
  poolName: "node-a/memory",
  nodeName: "node-a",
  totalDevices: 2,
  shareableSummary: { capacity },
};
const writing = { poolName: "node-b/memory", nodeName: "node-b", validationError: "slices are missing" };

/** A cluster whose controller answers with a status, and what it was asked. */
function answering(status: ApiObject) {
  const cluster = new MemoryCluster(37), asked: ApiObject[] = [];
  cluster.controllers.set(collection, (object) => {
    asked.push(object);
    return { status };
  });
  return { cluster, asked };
}

Deno.test("the cluster's controller counts the pools, and the request is deleted", async () => {
  const { cluster, asked } = answering({ poolCount: 5, pools: [counted, writing] });
  const statuses = await poolStatus(cluster);
  assert.equal(
    poolTable(statuses),
    `NODE    POOL           DEVICES  CAPACITY  CLAIMED  FREE    STATE
node-a  node-a/memory  2        24Gi      1.5Gi    22.5Gi  ok
node-b  node-b/memory  0        ?         ?        ?       slices are missing

3 more pools are not in the answer: --node asks for those of one node`,
  );
  assert.deepEqual(printedPools(statuses).pools[0], {
    node: "node-a",
    pool: "node-a/memory",
    devices: 2,
    capacityBytes: 24 * 2 ** 30,
    claimedBytes: 1.5 * 2 ** 30,
    freeBytes: 22.5 * 2 ** 30,
    problem: null,
  });
  assert.deepEqual(asked.map(({ spec }) => spec), [{ driver: "dra.memory", limit: 1_000 }]);
  assert.equal(await cluster.get(`${collection}/dramemory-1`), undefined);
});

Deno.test("a pool is asked for by its name, and answers are joined", async () => {
  const { cluster, asked } = answering({ poolCount: 1, pools: [counted] });
  const one = await poolStatus(cluster, "node-a/memory");
  assert.equal(asked[0].spec.poolName, "node-a/memory");
  const before = { pools: one.pools.map((pool) => ({ ...pool, name: "node-a/hugepages-2m" })), count: 1 };
  const both = joined([one, before]);
  assert.deepEqual([both.pools.map(({ name }) => name), both.count], [
    ["node-a/hugepages-2m", "node-a/memory"],
    2,
  ]);
});

Deno.test("Kubernetes 1.36 counts no capacities, which the pool's line says", async () => {
  const { shareableSummary: _, ...uncounted } = counted;
  const { cluster } = answering({ poolCount: 1, pools: [uncounted] });
  assert.match(poolTable(await poolStatus(cluster)), /counts no capacity of it \(Kubernetes 1\.37 does\)$/);
});

Deno.test("a request that failed is told with its reason, and deleted", async () => {
  const conditions = [{ type: "Failed", status: "True", message: "too many of them" }];
  const { cluster } = answering({ poolCount: 0, conditions });
  await assert.rejects(poolStatus(cluster), { message: "Cannot get the status of pools: too many of them" });
  assert.equal(await cluster.get(`${collection}/dramemory-1`), undefined);
});

Deno.test("where it is not served, what that takes is said", async () => {
  await assert.rejects(
    poolStatus(new MemoryCluster()),
    /it is not served \(it takes Kubernetes 1\.37 with the/,
  );
});

Deno.test("a cluster without pools says so", async () => {
  const { cluster } = answering({ poolCount: 0 });
  assert.equal(
    poolTable(await poolStatus(cluster)),
    "The cluster has no pools of this driver: is it installed?",
  );
});
