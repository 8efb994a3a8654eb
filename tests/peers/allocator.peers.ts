import assert from "node:assert/strict";
import { validateAllocation } from "../../core/claims/allocation.ts";
import { devicesOf } from "../../core/devices/device.ts";
import { noReservedMemory } from "../../core/devices/reserved_memory.ts";
import { claimUid } from "../../core/ids.ts";
import { formatQuantity } from "../../core/quantity.ts";
import { requirePeer } from "./_go.ts";
import { Allocator, allocatorProgram, RefusedError } from "./allocator/allocator.ts";
import { createClaim, publishNode } from "./allocator/publish.ts";
import { type EvenMachine, topologyOf } from "./allocator/topologies.ts";
import { type ApiServer, startApiServer } from "./kube_apiserver/api_server.ts";
import { apiServerProgram, etcdProgram } from "./kube_apiserver/binaries.ts";

const etcd = await requirePeer(etcdProgram);
const apiServer = await requirePeer(apiServerProgram);
const allocatorBinary = await requirePeer(allocatorProgram);

let server: ApiServer;
let names = 0;

Deno.test.beforeAll(async () => {
  server = await startApiServer({ apiServer, etcd });
});

Deno.test.afterAll(() => server.stop());

const twoNodes: EvenMachine = { nodes: 2, pageSize: "4k", memory: "8Gi", hugepages: { "2m": 512, "1g": 2 } };

/** Publishes a machine as a node of its own, so that no test sees another's devices. */
async function publish(machine: EvenMachine): Promise<string> {
  const node = `node-${names++}`;
  await publishNode(server, node, topologyOf(machine));
  return node;
}

/** Creates a claim, has the allocator allocate it for a pod on the node, and the driver's own check approve it. */
async function allocate(node: string, machine: EvenMachine, devices: unknown): Promise<string[]> {
  const name = `claim-${names++}`;
  await createClaim(server.client, name, devices);
  await using allocator = Allocator.start(allocatorBinary, server.kubeconfig);
  const pod = { name: `pod-of-${name}`, uid: crypto.randomUUID() };
  const [claim] = await allocator.allocate({ node, namespace: "default", claims: [name], pod });
  assert.deepEqual(claim?.status.reservedFor, [pod]);

  const { uid } = claim.metadata;
  const allocations = validateAllocation(
    { namespace: "default", name, uid: claimUid(uid) },
    claim.status.allocation.devices.results,
    {
      nodeName: node,
      devices: devicesOf(topologyOf(machine), noReservedMemory),
      usedBytes: () => 0n,
    },
  );
  return allocations.map(({ request, device, bytes }) => `${request}: ${formatQuantity(bytes)} of ${device}`);
}

/** A request for an amount of a resource; the API server and the policy of the device decide without one. */
function request(name: string, resource: string, size?: string, selector?: string) {
  return {
    name,
    exactly: {
      deviceClassName: `dra.${resource}`,
      ...(size === undefined ? {} : { capacity: { requests: { size } } }),
      ...(selector === undefined ? {} : { selectors: [{ cel: { expression: selector } }] }),
    },
  };
}

const numaNode = "resource.kubernetes.io/numaNode";

for (
  const [what, machine] of Object.entries<EvenMachine>({
    "a pool of exactly one page": { nodes: 1, pageSize: "4k", memory: "16303812Ki", hugepages: { "2m": 1 } },
    "nothing but one base page": { nodes: 1, pageSize: "4k", memory: "4Ki", hugepages: {} },
    "base pages of 64k": { nodes: 2, pageSize: "64k", memory: "8Gi", hugepages: { "2m": 4, "512m": 2 } },
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
    const node = await publish(machine);
    const resources = ["memory", ...Object.keys(machine.hugepages).map((size) => `hugepages-${size}`)];
    for (const resource of resources) {
      const [share] = await allocate(node, machine, { requests: [request("some", resource)] });
      assert.match(share ?? "", new RegExp(`^some: [0-9]+[KMG]i of ${resource}-numa0$`));
    }
    assert.equal(
      await publishNode(server, node, topologyOf(machine)),
      0,
      "what the server keeps needs no update",
    );
  });
}

Deno.test("a pool that grew, by a slice as well, is allocated from at once", async () => {
  const small = { ...twoNodes, nodes: 100 }, large = { ...twoNodes, nodes: 200 };
  const node = await publish(small);
  assert.equal(await publishNode(server, node, topologyOf(large)), 6);
  const last = `device.attributes["resource.kubernetes.io"].numaNode == 199`;
  const shares = await allocate(node, large, { requests: [request("ram", "memory", "1Gi", last)] });
  assert.deepEqual(shares, ["ram: 1Gi of memory-numa199"]);
});

Deno.test("what a released claim held can be given again", async () => {
  const machine = { ...twoNodes, nodes: 1 };
  const node = await publish(machine);
  const all = { requests: [request("all", "hugepages-2m", "1Gi")] };
  await allocate(node, machine, all);
  await using allocator = Allocator.start(allocatorBinary, server.kubeconfig);
  await allocator.release("default", `claim-${names - 1}`);
  assert.deepEqual(await allocate(node, machine, all), ["all: 1Gi of hugepages-2m-numa0"]);
});

Deno.test("256Mi of 2m pages are allocated on one node", async () => {
  const node = await publish(twoNodes);
  const shares = await allocate(node, twoNodes, { requests: [request("pages", "hugepages-2m", "256Mi")] });
  assert.deepEqual(shares, ["pages: 256Mi of hugepages-2m-numa0"]);
});

Deno.test("a request is rounded up to whole pages", async () => {
  const node = await publish(twoNodes);
  const shares = await allocate(node, twoNodes, { requests: [request("pages", "hugepages-2m", "3Mi")] });
  assert.deepEqual(shares, ["pages: 4Mi of hugepages-2m-numa0"]);
});

Deno.test("a CEL selector pins 1Gi of memory to a NUMA node", async () => {
  const node = await publish(twoNodes);
  const onNode1 = `device.attributes["resource.kubernetes.io"].numaNode == 1`;
  const shares = await allocate(node, twoNodes, { requests: [request("ram", "memory", "1Gi", onNode1)] });
  assert.deepEqual(shares, ["ram: 1Gi of memory-numa1"]);
});

Deno.test("matchAttribute aligns two requests on the one NUMA node that has room for both", async () => {
  const node = await publish(twoNodes);
  await allocate(node, twoNodes, { requests: [request("first", "hugepages-2m", "1Gi")] });
  const shares = await allocate(node, twoNodes, {
    requests: [request("ram", "memory", "1Gi"), request("pages", "hugepages-2m", "256Mi")],
    constraints: [{ requests: ["ram", "pages"], matchAttribute: numaNode }],
  });
  assert.deepEqual(shares, ["ram: 1Gi of memory-numa1", "pages: 256Mi of hugepages-2m-numa1"]);
});

Deno.test("distinctAttribute spreads two requests over two NUMA nodes", async () => {
  const node = await publish(twoNodes);
  const shares = await allocate(node, twoNodes, {
    requests: [request("a", "hugepages-2m", "256Mi"), request("b", "hugepages-2m", "256Mi")],
    constraints: [{ requests: ["a", "b"], distinctAttribute: numaNode }],
  });
  assert.deepEqual(shares, ["a: 256Mi of hugepages-2m-numa0", "b: 256Mi of hugepages-2m-numa1"]);
});

Deno.test("claims share a device until it has nothing left", async () => {
  const machine = { ...twoNodes, nodes: 1 };
  const node = await publish(machine);
  const half = { requests: [request("half", "hugepages-2m", "512Mi")] };
  await allocate(node, machine, half);
  await allocate(node, machine, half);
  await assert.rejects(
    () => allocate(node, machine, { requests: [request("page", "hugepages-2m", "2Mi")] }),
    RefusedError,
  );
});

Deno.test("more than one NUMA node has is refused", async () => {
  const node = await publish(twoNodes);
  await assert.rejects(
    () => allocate(node, twoNodes, { requests: [request("pages", "hugepages-2m", "1026Mi")] }),
    RefusedError,
  );
});
