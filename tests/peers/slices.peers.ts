import assert from "node:assert/strict";
import { request, TestCluster, twoNodes } from "./allocator/test_cluster.ts";
import type { EvenMachine } from "./allocator/topologies.ts";

const cluster = await TestCluster.start();

Deno.test.afterAll(() => cluster.stop());

for (
  const [what, machine] of Object.entries<EvenMachine>({
    "a pool of exactly one page": { nodes: 1, pageSize: "4k", memory: "16303812Ki", hugepages: { "2m": 1 } },
    "nothing but one base page": { nodes: 1, pageSize: "4k", memory: "4Ki", hugepages: {} },
    "base pages of 64Ki": { nodes: 2, pageSize: "64k", memory: "8Gi", hugepages: { "2m": 4, "512m": 2 } },
    "every page size of every architecture": {
      nodes: 2,
      pageSize: "4k",
      memory: "512Gi",
      hugepages: { "64k": 9, "1m": 9, "2m": 9, "16m": 9, "32m": 9, "512m": 9, "1g": 9, "2g": 9, "16g": 9 },
    },
    "64 NUMA nodes with three resources": { ...twoNodes, nodes: 64 },
    "more NUMA nodes than a slice has room for": { ...twoNodes, nodes: 200 },
    "8 TiB on one NUMA node": { nodes: 1, pageSize: "4k", memory: "8Ti", hugepages: { "1g": 4096 } },
  })
) {
  Deno.test(`the API server accepts and the allocator uses the slices of ${what}`, async () => {
    const node = await cluster.publish(machine);
    const resources = ["memory", ...Object.keys(machine.hugepages).map((size) => `hugepages-${size}`)];
    for (const resource of resources) {
      const { shares: [share] } = await cluster.allocate(node, machine, {
        requests: [request("some", resource)],
      });
      assert.match(share ?? "", new RegExp(`^some: [0-9]+[KMG]i of ${resource}-numa0$`));
    }
    assert.equal(
      await cluster.publishAgain(node, machine),
      0,
      "what the server keeps needs no update",
    );
  });
}

Deno.test("a pool that grew, by a slice as well, is allocated from at once", async () => {
  const small = { ...twoNodes, nodes: 100 }, large = { ...twoNodes, nodes: 200 };
  const node = await cluster.publish(small);
  assert.equal(await cluster.publishAgain(node, large), 6);
  const last = `device.attributes["resource.kubernetes.io"].numaNode == 199`;
  const { shares } = await cluster.allocate(node, large, {
    requests: [request("ram", "memory", "1Gi", last)],
  });
  assert.deepEqual(shares, ["ram: 1Gi of memory-numa199"]);
});
