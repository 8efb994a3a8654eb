/** What API servers make of devices that are mapped to resources of the node (KEP-5517), and the driver of that. */
import assert from "node:assert/strict";
import { ApiSliceRepository } from "../../adapters/driver/kubernetes/api_slice_repository.ts";
import { connectToCluster } from "../../adapters/driver/kubernetes/connect.ts";
import { DeviceInventory } from "../../core/devices/inventory.ts";
import { poolsOf } from "../../core/devices/pool.ts";
import { noReservation } from "../../core/devices/reservation.ts";
import { planSlices } from "../../core/devices/slice_plan.ts";
import { ClusterUnavailableError } from "../../core/ports/claim_source.ts";
import { PublishDevices } from "../../core/use_cases/publish_devices.ts";
import { driverName } from "../../core/values/driver.ts";
import { deviceOf, GiB } from "../core/samples.ts";
import { twoNodes } from "./allocator/test_cluster.ts";
import { topologyOf } from "./allocator/topologies.ts";
import { requirePeer } from "./go.ts";
import { type ApiServer, startApiServer } from "./kube_apiserver/api_server.ts";
import { etcdProgram, kubernetes136, kubernetes137, kubernetesProgram } from "./kube_apiserver/binaries.ts";

/** The gate has this name in 1.36 and in 1.37, and so has the feature that kubelets from 1.37 on declare. */
const gate = "DRANodeAllocatableResources";
const slicesPath = "/apis/resource.k8s.io/v1/resourceslices";
const etcd = await requirePeer(etcdProgram);
const [server136, server137] = [
  await requirePeer(kubernetesProgram("kube-apiserver", kubernetes136)),
  await requirePeer(kubernetesProgram("kube-apiserver", kubernetes137)),
];

/** A server with these feature gates, and a node that declares these features, for as long as they are used. */
async function withNode(
  { apiServer, gates, declared }: { apiServer: string; gates: string[]; declared: string[] },
  use: (node: { server: ApiServer; nodeName: string; repository: ApiSliceRepository }) => Promise<void>,
): Promise<void> {
  const server = await startApiServer({ apiServer, etcd }, undefined, { featureGates: gates });
  const connection = await connectToCluster({ kubeconfig: server.kubeconfig });
  const nodeName = "counting";
  try {
    const node = await server.client.send("POST", "/api/v1/nodes", {
      kind: "Node",
      metadata: { name: nodeName },
    });
    const status = { declaredFeatures: declared };
    const kept = await server.client.send("PUT", `/api/v1/nodes/${nodeName}/status`, {
      ...node as object,
      status,
    }) as { status: { declaredFeatures?: string[] } };
    assert.deepEqual(kept.status.declaredFeatures ?? [], declared);
    const repository = new ApiSliceRepository(connection, {
      nodeName,
      driver: driverName,
      watchFailed: () => {},
    });
    await use({ server, nodeName, repository });
  } finally {
    connection.close();
    await server.stop();
  }
}

/** The driver's own publishing, which tells how many slices it wrote. */
function publisher(nodeName: string, repository: ApiSliceRepository) {
  let written = 0;
  const devices = new PublishDevices({
    topology: { read: () => Promise.resolve(topologyOf(twoNodes)) },
    slices: repository,
    inventory: new DeviceInventory(nodeName),
    reservation: noReservation,
    events: { emit: (event) => written += event.kind === "slices-published" ? event.writes : 0 },
  });
  const publish = async () => {
    written = 0;
    await devices.publish();
    return written;
  };
  return { devices, publish };
}

/** Every field about resources of the node in the slices, as the server has them. */
async function mappings({ client }: ApiServer): Promise<unknown[]> {
  const { items } = await client.send("GET", slicesPath) as { items: { spec: { devices: object[] } }[] };
  return items.flatMap(({ spec }) =>
    spec.devices.flatMap((device) =>
      Object.entries(device).filter(([field]) => field.startsWith("nodeAllocatable")).map(([, value]) =>
        value
      )
    )
  );
}

for (
  const { what, apiServer, gates } of [
    { what: "1.36.3 with the gate, whose field has another name", apiServer: server136, gates: [gate] },
    { what: "1.36.3 without the gate", apiServer: server136, gates: [] },
    { what: "1.37.2 without the gate", apiServer: server137, gates: [] },
  ]
) {
  Deno.test(`Kubernetes ${what}: the mapping is dropped, told as such, and written once`, () =>
    withNode({ apiServer, gates, declared: [gate] }, async ({ server, nodeName, repository }) => {
      const { devices, publish } = publisher(nodeName, repository);
      await devices.refresh();
      assert.ok(await publish() > 0);
      assert.deepEqual(await mappings(server), []);
      for (let look = 0; look < 3; look++) assert.equal(await publish(), 0);
      assert.deepEqual(devices.nodeAllocatable, {
        on: false,
        why: "the API server drops nodeAllocatableResources from ResourceSlices (turn on its feature gate " +
          `${gate}, and the scheduler's, in Kubernetes 1.37 or newer)`,
      });
    }));
}

Deno.test("Kubernetes 1.36.3 with the gate: its kubelets declare nothing, and nothing is mapped", () =>
  withNode(
    { apiServer: server136, gates: [gate], declared: [] },
    async ({ server, nodeName, repository }) => {
      const { devices, publish } = publisher(nodeName, repository);
      await devices.refresh();
      assert.ok(await publish() > 0);
      assert.equal(await publish(), 0);
      assert.deepEqual(await mappings(server), []);
      const said = devices.nodeAllocatable;
      assert.ok(said?.on === false);
      assert.match(said.why, /^the Node does not declare the feature DRANodeAllocatableResources/);

      // The gate is on: what 1.36 itself calls the mapping is kept.
      const [slice] = await repository.list();
      assert.ok(slice !== undefined);
      const path = `${slicesPath}/${slice.name}`;
      const object = await server.client.send("GET", path) as { spec: { devices: object[] } };
      const mapping = { memory: { capacityKey: "size", allocationMultiplier: "1" } };
      const mapped = object.spec.devices.map((device) => ({
        ...device,
        nodeAllocatableResourceMappings: mapping,
      }));
      await server.client.send("PUT", path, { ...object, spec: { ...object.spec, devices: mapped } });
      const found = await mappings(server);
      assert.ok(found.length > 0);
      assert.deepEqual(found[0], mapping);
      assert.equal(await publish(), 0, "what others write in fields that the driver has not is theirs");
    },
  ));

Deno.test("Kubernetes 1.37.2 with the gate and a node that declares the feature keeps the mapping", () =>
  withNode(
    { apiServer: server137, gates: [gate], declared: [gate] },
    async ({ server, nodeName, repository }) => {
      const { devices, publish } = publisher(nodeName, repository);
      await devices.refresh();
      assert.ok(await publish() > 0);
      assert.equal(await publish(), 0);
      assert.deepEqual(devices.nodeAllocatable, { on: true });
      const mapping = { mapping: { capacityKey: "size", capacityMultiplier: "1" } };
      assert.deepEqual(
        new Set((await mappings(server)).map((each) => JSON.stringify(each))),
        new Set(
          ["memory", "hugepages-2Mi", "hugepages-1Gi"].map((name) => JSON.stringify({ [name]: mapping })),
        ),
      );
    },
  ));

Deno.test("Kubernetes 1.37.2 with the gate refuses the mapping of a node that does not declare the feature, so it is left out", () =>
  withNode(
    { apiServer: server137, gates: [gate], declared: [] },
    async ({ server, nodeName, repository }) => {
      const mapped = poolsOf(nodeName, [deviceOf("memory-numa0", GiB)], { nodeAllocatable: true });
      const [step] = planSlices(nodeName, mapped, []);
      assert.ok(step?.kind === "create");
      await assert.rejects(repository.create(step.spec), (error) => {
        assert.ok(error instanceof ClusterUnavailableError);
        assert.match(error.message, /DRANodeAllocatableResources/);
        return true;
      });

      const { devices, publish } = publisher(nodeName, repository);
      await devices.refresh();
      assert.ok(await publish() > 0);
      assert.equal(await publish(), 0);
      assert.deepEqual(await mappings(server), []);
    },
  ));
