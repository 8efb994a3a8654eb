import { driverName } from "../values/driver.ts";
import { formatIdList } from "../values/id_list.ts";
import { formatPageSize } from "../values/page_size.ts";
import { formatQuantity } from "../values/quantity.ts";
import { memoryResource } from "../values/resource_name.ts";
import type { Device } from "./device.ts";
import type {
  CapacityRequestPolicy,
  DeviceAttribute,
  NodeAllocatableResource,
  SliceDevice,
} from "./resource_slice.ts";

/** The name of the one capacity that every device has. */
export const sizeCapacity = "size";

/** The standard attribute of the NUMA node (`k8s.io/dynamic-resource-allocation/deviceattribute` of Kubernetes 1.37). */
export const numaNodeAttribute = "resource.kubernetes.io/numaNode";

/** How it is published: the node's number, or a list that begins with it and goes on with the nearest of its socket. */
export type NumaNodeForm = "scalar" | "list";

/** What a claim gets of memory that does not say how much it wants. */
const defaultMemoryBytes = 1n << 20n;

/**
 * Describes a device as a ResourceSlice lists it.
 *
 * The attributes of other domains repeat the NUMA node under the names that dra-driver-cpu and dranet publish,
 * so that one claim can align memory, CPUs and network devices with `matchAttribute`. The standard attribute is a list
 * of the node and its neighbors where that is asked for.
 */
export function sliceDevice(device: Device, form: NumaNodeForm = "scalar"): SliceDevice {
  const node = { int: device.numaNode };
  return {
    name: device.name,
    attributes: {
      [numaNodeAttribute]: form === "scalar" ? node : { ints: device.nodesOfSocket ?? [device.numaNode] },
      "resource.kubernetes.io/pageSize": { string: formatPageSize(device.pageSize) },
      "resource.kubernetes.io/hugeTLB": { bool: device.resource !== memoryResource },
      [`${driverName}/kind`]: { string: device.kind },
      [`${driverName}/movableOnly`]: { bool: device.movableOnly },
      ...speedAttributes(device),
      "dra.cpu/numaNode": node,
      "dra.cpu/numaNodeID": node,
      "dra.net/numaNode": node,
    },
    capacity: {
      [sizeCapacity]: { value: formatQuantity(device.capacityBytes), requestPolicy: requestPolicy(device) },
    },
    allowMultipleAllocations: true,
  };
}

/** The longest text that an attribute can be (`DeviceAttribute` of `resource.k8s.io/v1`). */
const maxTextLength = 64;

/** How fast the memory is, and from where; what is not known is left out. */
function speedAttributes({ tier, speed, nearestNodesWithCpus }: Device): Record<string, DeviceAttribute> {
  const nodes = formatIdList(nearestNodesWithCpus ?? []);
  const numbers = {
    tier,
    readBandwidthMebibytes: speed?.readBandwidthMebibytes,
    writeBandwidthMebibytes: speed?.writeBandwidthMebibytes,
    readLatencyNanoseconds: speed?.readLatencyNanoseconds,
    writeLatencyNanoseconds: speed?.writeLatencyNanoseconds,
  };
  return Object.fromEntries([
    ...Object.entries(numbers).flatMap(([name, int]) =>
      int === undefined ? [] : [[`${driverName}/${name}`, { int }] as const]
    ),
    ...nodes === "" || nodes.length > maxTextLength
      ? []
      : [[`${driverName}/nearestNodesWithCPUs`, { string: nodes }] as const],
  ]);
}

/**
 * Of which of the node's resources a claim takes what it consumes of a device: `memory`, or hugepages as the kubelet
 * names them, `hugepages-2Mi`. By that the scheduler and the kubelet count a claim once (KEP-5517).
 */
export function nodeAllocatableResources(
  { resource, pageSize }: Device,
): Readonly<Record<string, NodeAllocatableResource>> {
  const name = resource === memoryResource ? resource : `hugepages-${formatQuantity(pageSize)}`;
  return { [name]: { mapping: { capacityKey: sizeCapacity, capacityMultiplier: "1" } } };
}

/**
 * How much of a device a claim may ask for: whole pages.
 *
 * The API server wants `min + step` to fit the capacity, which a device of a single page cannot offer; its page
 * stands as the only valid value instead (validation of DeviceCapacity in resource.k8s.io/v1).
 */
function requestPolicy({ resource, pageSize, capacityBytes }: Device): CapacityRequestPolicy {
  const page = formatQuantity(pageSize);
  if (capacityBytes < 2n * pageSize) return { default: page, validValues: [page] };
  const wanted = resource === memoryResource && defaultMemoryBytes > pageSize ? defaultMemoryBytes : pageSize;
  const fitting = wanted < capacityBytes ? wanted : capacityBytes;
  return { default: formatQuantity(fitting), validRange: { min: page, step: page } };
}
