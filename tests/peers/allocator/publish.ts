import { ApiSliceRepository } from "../../../adapters/driver/kubernetes/api_slice_repository.ts";
import { connectToCluster } from "../../../adapters/driver/kubernetes/connect.ts";
import { deviceClasses } from "../../../core/devices/device_class.ts";
import { DeviceInventory } from "../../../core/devices/inventory.ts";
import { noReservation } from "../../../core/devices/reservation.ts";
import { driverName } from "../../../core/values/driver.ts";
import type { Topology } from "../../../core/topology/topology.ts";
import { PublishDevices } from "../../../core/use_cases/publish_devices.ts";
import type { ApiServer } from "../kube_apiserver/api_server.ts";
import { type KubeClient, KubeError } from "../kube_apiserver/kube_client.ts";

const group = "/apis/resource.k8s.io/v1";

/**
 * Publishes a machine as one node's slices, as the driver does, and creates the Node and the classes of its hardware
 * if they are not there yet. Resolves to the number of slices that were written.
 */
export async function publishNode(server: ApiServer, nodeName: string, topology: Topology): Promise<number> {
  await createOnce(server.client, "/api/v1/nodes", { kind: "Node", metadata: { name: nodeName } });
  for (const deviceClass of deviceClasses(topology)) {
    await createOnce(server.client, `${group}/deviceclasses`, deviceClass);
  }
  const connection = await connectToCluster({ kubeconfig: server.kubeconfig });
  try {
    let writes = 0;
    const publisher = new PublishDevices({
      topology: { read: () => Promise.resolve(topology) },
      slices: new ApiSliceRepository(connection, { nodeName, driver: driverName, watchFailed: () => {} }),
      inventory: new DeviceInventory(nodeName),
      reservation: noReservation,
      events: { emit: (event) => writes += event.kind === "slices-published" ? event.writes : 0 },
    });
    await publisher.refresh();
    await publisher.publish();
    return writes;
  } finally {
    connection.close();
  }
}

/** Creates a ResourceClaim in the namespace `default`. */
export async function createClaim(client: KubeClient, name: string, devices: unknown): Promise<void> {
  await client.send("POST", `${group}/namespaces/default/resourceclaims`, {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceClaim",
    metadata: { name },
    spec: { devices },
  });
}

async function createOnce(client: KubeClient, collection: string, object: unknown): Promise<void> {
  try {
    await client.send("POST", collection, object);
  } catch (error) {
    if (!(error instanceof KubeError && error.status === 409)) throw error;
  }
}
