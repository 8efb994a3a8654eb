import assert from "node:assert/strict";
import { clusterTable, printedCluster, unclaimedTable } from "../../../cmd/cluster/cluster_tables.ts";
import { drawCluster } from "../../../adapters/operations/svg/cluster_picture.ts";
import { ClusterViewBuilder } from "../../../core/operations/cluster/cluster_view.ts";
import { ClusterReader } from "../../../adapters/operations/cluster/cluster_reader.ts";
import { held, MemoryCluster } from "../../adapters/operations/cluster/memory_cluster.ts";

const cluster = new MemoryCluster().addNode("node-a", undefined, ({ spec }) => {
  if (!spec.pool.name.endsWith("/memory")) return;
  spec.devices[0].taints = [{ key: "failing", value: "ecc", effect: "NoSchedule" }];
}).add(
  held("used", "node-a:hugepages-2m-numa0", "256Mi", "p"),
  held("unused", "node-a:memory-numa1", "1Gi"),
  {
    kind: "Pod",
    metadata: { name: "d", namespace: "kube-system", labels: { "app.kubernetes.io/name": "dramemory" } },
    spec: { nodeName: "node-a", containers: [{ name: "dramemory", image: "registry:5000/dramemory:0.1.0" }] },
  },
);

async function read() {
  const reader = new ClusterReader(cluster);
  const builder = new ClusterViewBuilder();
  for await (const slice of reader.slices()) builder.addSlice(slice);
  const before = builder.build(undefined, new Map());
  for await (const claim of reader.claims()) builder.addClaim(claim);
  const versions = new Map<string, string>();
  for await (const { nodeName, version } of reader.driverPods()) versions.set(nodeName, version);
  return { before, view: builder.build(new Set(["node-a"]), versions) };
}

Deno.test("the wide table has amounts, taints, pools and the driver's version, then sums and what is stale", async () => {
  const { view } = await read();
  assert.equal(
    clusterTable(view, ["A note."], true),
    `NODE    DEVICE              CAPACITY  CLAIMED  FREE   LARGEST  CLAIMS  STATE                   POOL                 DRIVER
node-a  hugepages-2m-numa0  1Gi       256Mi    768Mi  768Mi    1       ok                      node-a/hugepages-2m  0.1.0
        hugepages-2m-numa1  1Gi       0        1Gi    1Gi      0       ok                      node-a/hugepages-2m
        memory-numa0        7Gi       0        7Gi    7Gi      0       failing=ecc:NoSchedule  node-a/memory
        memory-numa1        7Gi       1Gi      6Gi    6Gi      1       ok                      node-a/memory

RESOURCE      NODES  CAPACITY  CLAIMED  FREE   LARGEST PIECE
memory        1      14Gi      1Gi      13Gi   7Gi on node-a memory-numa0
hugepages-2m  1      2Gi       256Mi    1.8Gi  1Gi on node-a hugepages-2m-numa1

Stale:
  - Claim default/unused is allocated and reserved for no pod: what it holds is lost to others until it is deleted.

A note.`,
  );
});

Deno.test("while the claims are being read nothing is said of them", async () => {
  const { before } = await read();
  assert.equal(
    unclaimedTable(before).split("\n").slice(0, 2).join("\n"),
    `NODE    DEVICE              CAPACITY  CLAIMED
node-a  hugepages-2m-numa0  1Gi       …`,
  );
});

Deno.test("for programs sizes are bytes, and what is stale has its kind and its words", async () => {
  const { nodes, stale } = printedCluster((await read()).view, []);
  assert.equal(nodes[0]?.devices[0]?.freeBytes, 768 * 2 ** 20);
  assert.deepEqual(stale, [{
    kind: "claim-not-reserved",
    claim: "default/unused",
    text:
      "Claim default/unused is allocated and reserved for no pod: what it holds is lost to others until it is deleted.",
  }]);
});

Deno.test("the picture has a bar for each device, with what is free of it", async () => {
  const svg = drawCluster((await read()).view);
  assert.match(svg, /^<svg xmlns/);
  for (const text of ["node-a", "hugepages-2m-numa0", "768Mi of 1Gi free", "6Gi of 7Gi free"]) {
    assert.ok(svg.includes(text), text);
  }
});

Deno.test("a cluster without slices is told so", () => {
  const view = new ClusterViewBuilder().build(new Set(), new Map());
  assert.equal(
    clusterTable(view, [], false),
    "No node publishes memory or hugepages: is the driver installed?",
  );
});
