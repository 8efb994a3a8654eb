/** The parts of `resource.k8s.io/v1` that the driver publishes, as plain values in the API's own shape. */

/** A device attribute: exactly one of its kinds. A list takes the feature gate `DRAListTypeAttributes` (KEP-5491). */
export type DeviceAttribute =
  | { readonly int: number }
  | { readonly string: string }
  | { readonly bool: boolean }
  | { readonly ints: readonly number[] };

/** How much of a device a claim may ask for. Amounts are quantities. */
export interface CapacityRequestPolicy {
  readonly default: string;
  readonly validValues?: readonly string[];
  readonly validRange?: { readonly min: string; readonly step: string };
}

/** Keeps pods off a device (KEP-5055). */
export interface DeviceTaint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
  /** Set by the API server. */
  readonly timeAdded?: string;
}

/** How much of a node's resource a claim takes: as many times what it consumes of a capacity. */
export interface NodeAllocatableResource {
  readonly mapping: { readonly capacityKey: string; readonly capacityMultiplier: string };
}

/** One entry of `ResourceSlice.spec.devices`. */
export interface SliceDevice {
  readonly name: string;
  readonly attributes: Readonly<Record<string, DeviceAttribute>>;
  readonly capacity: Readonly<
    Record<string, { readonly value: string; readonly requestPolicy: CapacityRequestPolicy }>
  >;
  readonly allowMultipleAllocations: true;
  /** What of a node's allocatable resources the device is, by their names (KEP-5517). */
  readonly nodeAllocatableResources?: Readonly<Record<string, NodeAllocatableResource>>;
  /** Absent where there are none. */
  readonly taints?: readonly DeviceTaint[];
}

/** `ResourceSlice.spec` for devices that are tied to one node. */
export interface ResourceSliceSpec {
  readonly driver: string;
  readonly nodeName: string;
  readonly pool: { readonly name: string; readonly generation: number; readonly resourceSliceCount: number };
  readonly devices: readonly SliceDevice[];
}

/** A slice as the API server holds it. */
export interface PublishedSlice {
  /** `metadata.name`. */
  readonly name: string;
  readonly resourceVersion: string;
  readonly spec: ResourceSliceSpec;
}

/** The limit of `ResourceSlice.spec.devices` for devices without taints, counters and list attributes. */
export const maxDevicesPerSlice = 128;

/** The limit of `ResourceSlice.spec.devices` where one of them has a taint or a list as an attribute. */
export const maxLongDevicesPerSlice = 64;

/** The limit of `devices[].taints`. */
export const maxTaintsPerDevice = 16;
