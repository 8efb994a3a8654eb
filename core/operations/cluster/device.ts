/** The value of a device's attribute: exactly one of the API's kinds. */
export type AttributeValue =
  | ScalarValue
  | { readonly kind: "list"; readonly values: readonly ScalarValue[] }
  /** A kind that came later. */
  | { readonly kind: "other" };

/** One value. */
export type ScalarValue =
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "version"; readonly value: string };

/** A capacity of a device, in whole units (bytes), and how requests for it are rounded. */
export interface DeviceCapacity {
  readonly value: bigint;
  readonly policy?: CapacityPolicy;
}

/** `requestPolicy` of a capacity. At most one of values and range. */
export interface CapacityPolicy {
  readonly default?: bigint;
  /** Ascending. */
  readonly validValues?: readonly bigint[];
  readonly validRange?: { readonly min: bigint; readonly max?: bigint; readonly step?: bigint };
}

export interface DeviceTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** A device of this driver as a slice of the cluster publishes it. */
export interface ClusterDevice {
  readonly name: string;
  /** By the names that the slice has, with or without a domain. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly capacity: Readonly<Record<string, DeviceCapacity>>;
  /** `allowMultipleAllocations`: claims share it. */
  readonly shared: boolean;
  readonly taints: readonly DeviceTaint[];
}

/** A ResourceSlice of this driver. */
export interface ClusterSlice {
  readonly name: string;
  readonly nodeName: string;
  readonly pool: { readonly name: string; readonly generation: number; readonly resourceSliceCount: number };
  readonly devices: readonly ClusterDevice[];
}

/** How a device is addressed within the driver. */
export type DeviceKey = string & { readonly __brand: "DeviceKey" };

/** The address of a device. Neither a pool's nor a device's name has a colon. */
export function deviceKey(pool: string, device: string): DeviceKey {
  return `${pool}:${device}` as DeviceKey;
}

/**
 * The attribute of a fully qualified name: as it stands, or without the domain where that is the driver's, as the
 * scheduler looks it up.
 */
export function attributeOf(
  device: ClusterDevice,
  driver: string,
  qualifiedName: string,
): AttributeValue | undefined {
  const found = device.attributes[qualifiedName];
  if (found !== undefined || !qualifiedName.startsWith(`${driver}/`)) return found;
  return device.attributes[qualifiedName.slice(driver.length + 1)];
}

/** Taints with another effect, such as `None`, only tell something. */
export function keepsAway({ effect }: DeviceTaint): boolean {
  return effect === "NoSchedule" || effect === "NoExecute";
}

/** A taint as kubectl writes it: `key=value:NoSchedule`. */
export function formatTaint({ key, value, effect }: DeviceTaint): string {
  return `${key}${value === "" ? "" : `=${value}`}:${effect}`;
}
