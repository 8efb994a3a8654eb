import { driverName } from "../../../core/values/driver.ts";
import { parseQuantity } from "../../../core/values/quantity.ts";
import type { Api } from "./api.ts";

/** A device that the driver published. */
export interface PublishedDevice {
  readonly node: string;
  readonly pool: string;
  readonly name: string;
  /** As in the names of the DeviceClasses: `memory`, `hugepages-2m`. */
  readonly resource: string;
  readonly numaNode: number;
  readonly bytes: number;
}

/** As much of a ResourceSlice as the suites read (resource.k8s.io/v1). */
interface ResourceSlice {
  readonly spec: {
    readonly driver: string;
    readonly nodeName?: string;
    readonly pool: { readonly name: string };
    readonly devices?: readonly {
      readonly name: string;
      readonly attributes?: Readonly<Record<string, { readonly int?: number }>>;
      readonly capacity?: Readonly<Record<string, { readonly value: string }>>;
    }[];
  };
}

/** Everything that the driver has published in the cluster. */
export async function publishedDevices(api: Api): Promise<PublishedDevice[]> {
  const slices = await api.list<ResourceSlice>("/apis/resource.k8s.io/v1/resourceslices");
  return slices.filter(({ spec }) => spec.driver === driverName).flatMap(({ spec }) =>
    (spec.devices ?? []).map(({ name, attributes, capacity }) => ({
      node: spec.nodeName ?? "",
      pool: spec.pool.name,
      name,
      resource: name.replace(/-numa\d+$/, ""),
      numaNode: attributes?.["resource.kubernetes.io/numaNode"]?.int ?? -1,
      bytes: Number(parseQuantity(capacity?.["size"]?.value ?? "0")),
    }))
  );
}

/** One at least. */
export type Devices = readonly [PublishedDevice, ...PublishedDevice[]];

/**
 * A device of a resource for each id of a NUMA node that has one with at least so many bytes; undefined when there
 * is none.
 */
export async function devicesOf(
  api: Api,
  resource: string,
  leastBytes: number,
): Promise<Devices | undefined> {
  const devices = (await publishedDevices(api)).filter((device) =>
    device.resource === resource && device.bytes >= leastBytes
  );
  const [first, ...others] = new Map(devices.map((device) => [device.numaNode, device])).values();
  return first === undefined ? undefined : [first, ...others];
}
