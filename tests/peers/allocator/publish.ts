import { devicesOf } from "../../../core/devices/device.ts";
import { deviceClasses } from "../../../core/devices/device_class.ts";
import { poolsOf, slicesOf } from "../../../core/devices/pool.ts";
import { noReservedMemory } from "../../../core/devices/reserved_memory.ts";
import type { Topology } from "../../../core/topology/topology.ts";
import { type KubeClient, KubeError } from "../kube_apiserver/kube_client.ts";

const group = "/apis/resource.k8s.io/v1";

/** Publishes a machine as one node's slices and creates the classes of its hardware, if they are not there yet. */
export async function publishNode(client: KubeClient, node: string, topology: Topology): Promise<void> {
  const specs = poolsOf(node, devicesOf(topology, noReservedMemory)).flatMap((pool) =>
    slicesOf(node, pool, 1)
  );
  for (const [index, spec] of specs.entries()) {
    await client.send("POST", `${group}/resourceslices`, {
      apiVersion: "resource.k8s.io/v1",
      kind: "ResourceSlice",
      metadata: { name: `${node}-${index}` },
      spec,
    });
  }
  for (const deviceClass of deviceClasses(topology)) {
    try {
      await client.send("POST", `${group}/deviceclasses`, deviceClass);
    } catch (error) {
      if (!(error instanceof KubeError && error.status === 409)) throw error;
    }
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
