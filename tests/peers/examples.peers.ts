import assert from "node:assert/strict";
import * as v from "valibot";
import { type KubernetesObject, readObjects, yamlFiles } from "../deploy/manifests.ts";
import { requirePeer } from "./go.ts";
import { Allocator, allocatorProgram } from "./allocator/allocator.ts";
import { createClaim, publishNode } from "./allocator/publish.ts";
import { topologyOf } from "./allocator/topologies.ts";
import { startApiServer } from "./kube_apiserver/api_server.ts";
import { apiServerProgram, etcdProgram } from "./kube_apiserver/binaries.ts";
import { createObject } from "./kube_apiserver/manifests.ts";

const [apiServer, etcd, allocatorBinary] = [
  await requirePeer(apiServerProgram),
  await requirePeer(etcdProgram),
  await requirePeer(allocatorProgram),
];
const server = await startApiServer({ apiServer, etcd });
Deno.test.afterAll(() => server.stop());

const node = "node-a";
await publishNode(
  server,
  node,
  topologyOf({ nodes: 2, pageSize: "4k", memory: "64Gi", hugepages: { "2m": 4096, "1g": 16 } }),
);
// What the other drivers publish, as far as the examples speak of it. All that they have is on NUMA node 1.
await publishForeign("dra.cpu", "dra.cpu", [{
  name: "cpudevnuma001",
  attributes: { "resource.kubernetes.io/numaNode": { int: 1 } },
  capacity: { "dra.cpu/cpu": { value: "8" } },
  allowMultipleAllocations: true,
}]);
await publishForeign(
  "dra.net",
  "dranet",
  [1, 2].map((index) => ({
    name: `eth${index}`,
    attributes: { "resource.kubernetes.io/numaNode": { int: 1 } },
  })),
);

/** Where the scheduler's allocator puts what each example asks for. */
const expected: Readonly<Record<string, string[]>> = {
  "deployment.yaml": ["hugepages-2m-numa0"],
  "dpdk-statefulset.yaml": ["hugepages-1g-numa1", "memory-numa1", "eth1"],
  "first-available.yaml": ["hugepages-1g-numa0"],
  "hugepages-spread.yaml": ["hugepages-2m-numa0", "hugepages-2m-numa1"],
  "hugepages.yaml": ["hugepages-2m-numa0"],
  "memory-cpu-nic.yaml": ["memory-numa1", "cpudevnuma001", "eth2"],
  "memory.yaml": ["memory-numa0"],
  "selectors.yaml": ["memory-numa1"],
  "two-page-sizes.yaml": ["hugepages-1g-numa0", "hugepages-2m-numa0"],
};

for (const [name, text] of await yamlFiles(new URL("../../deploy/examples/", import.meta.url))) {
  Deno.test(`the scheduler's allocator finds what ${name} asks for`, async () => {
    const objects = readObjects(text);
    for (const object of objects) await createObject(server.client, object, { dryRun: true });
    assert.deepEqual(await allocate(objects), expected[name]);
  });
}

const template = v.object({
  kind: v.literal("ResourceClaimTemplate"),
  metadata: v.object({ name: v.string() }),
  spec: v.object({ spec: v.object({ devices: v.unknown() }) }),
});

/** Allocates a claim of each template and resolves to the devices, in the order of the requests. */
async function allocate(objects: readonly KubernetesObject[]): Promise<string[]> {
  await using allocator = Allocator.start(allocatorBinary, server.kubeconfig);
  const devices: string[] = [];
  for (const object of objects.filter(({ kind }) => kind === "ResourceClaimTemplate")) {
    const { metadata: { name }, spec } = v.parse(template, object);
    await createClaim(server.client, name, spec.spec.devices);
    for (const claim of await allocator.allocate({ node, namespace: "default", claims: [name] })) {
      devices.push(...claim.status.allocation.devices.results.map(({ device }) => device));
    }
  }
  return devices;
}

async function publishForeign(driver: string, deviceClass: string, devices: unknown[]): Promise<void> {
  const expression = `device.driver == "${driver}"`;
  await createObject(server.client, {
    apiVersion: "resource.k8s.io/v1",
    kind: "DeviceClass",
    metadata: { name: deviceClass },
    spec: { selectors: [{ cel: { expression } }] },
  });
  await createObject(server.client, {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceSlice",
    metadata: { name: `${node}-${driver}` },
    spec: { driver, nodeName: node, pool: { name: node, generation: 1, resourceSliceCount: 1 }, devices },
  });
}
