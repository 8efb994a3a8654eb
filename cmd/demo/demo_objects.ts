import type { ApiClient } from "../../adapters/simulator/api_client.ts";
import type { PodReference } from "../../core/claims/claim.ts";
import type { Device } from "../../core/devices/device.ts";
import { deviceClasses } from "../../core/devices/device_class.ts";
import type { ResourceSliceSpec } from "../../core/devices/resource_slice.ts";
import { podUid } from "../../core/values/ids.ts";
import { formatQuantity } from "../../core/values/quantity.ts";
import type { Topology } from "../../core/topology/topology.ts";

const group = "/apis/resource.k8s.io/v1";

/** What `dramemory manifests` prints, created. */
export async function createDeviceClasses(api: ApiClient, topology: Topology): Promise<void> {
  for (const deviceClass of deviceClasses(topology)) {
    await api.request("POST", `${group}/deviceclasses`, deviceClass);
  }
}

/** Every slice of the cluster. */
export async function listSlices(api: ApiClient): Promise<ResourceSliceSpec[]> {
  const slices = await api.list<{ spec: ResourceSliceSpec }>(`${group}/resourceslices`);
  return slices.map(({ spec }) => spec);
}

/** Creates a claim for a share of the given device's resource on its NUMA node. */
export async function createClaim(
  api: ApiClient,
  { namespace, name, request, device, size }: {
    namespace: string;
    name: string;
    request: string;
    device: Device;
    size: bigint;
  },
): Promise<void> {
  const expression = `device.attributes["resource.kubernetes.io"].numaNode == ${device.numaNode}`;
  const exactly = {
    deviceClassName: `dra.${device.resource}`,
    selectors: [{ cel: { expression } }],
    capacity: { requests: { size: formatQuantity(size) } },
  };
  await api.request("POST", `${group}/namespaces/${namespace}/resourceclaims`, {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceClaim",
    metadata: { name, namespace },
    spec: { devices: { requests: [{ name: request, exactly }] } },
  });
}

/** Creates a pod whose one container uses the claim. */
export async function createPod(
  api: ApiClient,
  { namespace, name, container, claimName }: {
    namespace: string;
    name: string;
    container: string;
    claimName: string;
  },
): Promise<PodReference> {
  const { metadata } = await api.request<{ metadata: { uid: string } }>(
    "POST",
    `/api/v1/namespaces/${namespace}/pods`,
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace },
      spec: {
        containers: [{ name: container, image: name, resources: { claims: [{ name: "memory" }] } }],
        resourceClaims: [{ name: "memory", resourceClaimName: claimName }],
      },
    },
  );
  return { namespace, name, uid: podUid(metadata.uid) };
}
