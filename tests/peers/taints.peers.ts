/** A taint of the driver, by itself, and what schedulers make of it. */
import assert from "node:assert/strict";
import { ApiSliceRepository } from "../../adapters/driver/kubernetes/api_slice_repository.ts";
import { connectToCluster } from "../../adapters/driver/kubernetes/connect.ts";
import { deviceClasses } from "../../core/devices/device_class.ts";
import { HealthBoard } from "../../core/devices/health_board.ts";
import { DeviceInventory } from "../../core/devices/inventory.ts";
import { noReservation } from "../../core/devices/reservation.ts";
import type { Topology } from "../../core/topology/topology.ts";
import { PublishDevices } from "../../core/use_cases/publish_devices.ts";
import { driverName } from "../../core/values/driver.ts";
import { createClaim } from "./allocator/publish.ts";
import { request } from "./allocator/test_cluster.ts";
import { topologyOf } from "./allocator/topologies.ts";
import { eventually } from "./bounded.ts";
import { requirePeer } from "./go.ts";
import { startApiServer } from "./kube_apiserver/api_server.ts";
import { etcdProgram, kubernetes136, kubernetes137, kubernetesProgram } from "./kube_apiserver/binaries.ts";
import { makeReady, schedulerDecision, startScheduler } from "./kube_apiserver/scheduler.ts";

const etcd = await requirePeer(etcdProgram);
const nodeName = "node-a";
const healthy = topologyOf({ nodes: 1, pageSize: "4k", memory: "8Gi", hugepages: {} });
const poisoned = { ...healthy, nodes: healthy.nodes.map((node) => ({ ...node, poisonedPages: 3n })) };
/** Of prepared claims: the devices have all their room. */
const nothingHeld = { claims: () => new Map<string, never>().values(), usedBytes: () => 0n };
const tolerations = [{ key: "dra.memory/unhealthy", operator: "Exists" }];

for (const release of [kubernetes136, kubernetes137]) {
  const [apiServer, scheduler] = [
    await requirePeer(kubernetesProgram("kube-apiserver", release)),
    await requirePeer(kubernetesProgram("kube-scheduler", release)),
  ];
  Deno.test(`the scheduler of Kubernetes ${release.version} keeps claims off a device that has all its room and a taint`, async () => {
    const server = await startApiServer({ apiServer, etcd });
    const { client } = server;
    const connection = await connectToCluster({ kubeconfig: server.kubeconfig });
    const running = startScheduler(server, scheduler);
    try {
      await client.send("POST", "/api/v1/nodes", { kind: "Node", metadata: { name: nodeName } });
      for (const deviceClass of deviceClasses(healthy)) {
        await client.send("POST", "/apis/resource.k8s.io/v1/deviceclasses", deviceClass);
      }
      let topology: Topology = poisoned;
      const publisher = new PublishDevices({
        topology: { read: () => Promise.resolve(topology) },
        slices: new ApiSliceRepository(connection, { nodeName, driver: driverName, watchFailed: () => {} }),
        inventory: new DeviceInventory(nodeName),
        reservation: noReservation,
        events: { emit: () => {} },
        health: { board: new HealthBoard(() => 0), store: nothingHeld },
      });
      const publish = async () => {
        await publisher.refresh();
        await publisher.publish();
      };
      await publish();
      await makeReady(client, nodeName);

      const createPod = async (name: string, exactly: object) => {
        const asked = request("a", "memory", "1Gi");
        await createClaim(client, name, {
          requests: [{ ...asked, exactly: { ...asked.exactly, ...exactly } }],
        });
        await client.send("POST", "/api/v1/namespaces/default/pods", {
          kind: "Pod",
          metadata: { name },
          spec: {
            resourceClaims: [{ name: "c", resourceClaimName: name }],
            containers: [{ name: "main", image: "none", resources: { claims: [{ name: "c" }] } }],
          },
        });
      };
      const decided = (pod: string) =>
        eventually(`a decision about ${pod}`, 60_000, () => {
          running.checkRunning();
          return schedulerDecision(client, pod);
        });

      await createPod("plain", {});
      assert.match((await decided("plain")).message, /cannot allocate all claims/);
      await createPod("tolerant", { tolerations });
      assert.equal((await decided("tolerant")).node, nodeName);
      assert.equal((await decided("plain")).node, undefined);

      topology = healthy;
      await publish();
      await eventually("the pod to be bound", 60_000, async () => {
        const { node } = await decided("plain");
        return node === undefined ? undefined : true;
      });
    } finally {
      await running.stop();
      connection.close();
      await server.stop();
    }
  });
}
