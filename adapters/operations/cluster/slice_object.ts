import * as v from "valibot";
import type {
  AttributeValue,
  CapacityPolicy,
  ClusterDevice,
  ClusterSlice,
  DeviceCapacity,
  ScalarValue,
} from "../../../core/operations/cluster/device.ts";
import { parseWholeBytes } from "../../../core/values/quantity.ts";
import { readAs } from "./object_error.ts";
import { list, taint } from "./_schemas.ts";

const bytes = v.pipe(v.string(), v.transform(parseWholeBytes));

/** Values of each kind, one or several. */
interface Values {
  readonly ints: number | readonly number[] | undefined;
  readonly strings: string | readonly string[] | undefined;
  readonly bools: boolean | readonly boolean[] | undefined;
  readonly versions: string | readonly string[] | undefined;
}

function scalars({ ints, strings, bools, versions }: Values): ScalarValue[] {
  return [
    ...several(ints).map((value): ScalarValue => ({ kind: "int", value: BigInt(value) })),
    ...several(strings).map((value): ScalarValue => ({ kind: "string", value })),
    ...several(bools).map((value): ScalarValue => ({ kind: "bool", value })),
    ...several(versions).map((value): ScalarValue => ({ kind: "version", value })),
  ];
}

function several<T>(values: T | readonly T[] | undefined): readonly T[] {
  if (values === undefined) return [];
  return Array.isArray(values) ? values : [values as T];
}

const attribute = v.pipe(
  v.object({
    int: v.optional(v.number()),
    string: v.optional(v.string()),
    bool: v.optional(v.boolean()),
    version: v.optional(v.string()),
    ints: list(v.number()),
    strings: list(v.string()),
    bools: list(v.boolean()),
    versions: list(v.string()),
  }),
  v.transform(({ int, string, bool, version, ints, strings, bools, versions }): AttributeValue => {
    const [scalar] = scalars({ ints: int, strings: string, bools: bool, versions: version });
    if (scalar !== undefined) return scalar;
    const values = scalars({ ints, strings, bools, versions });
    return values.length === 0 ? { kind: "other" } : { kind: "list", values };
  }),
);

const policy = v.object({
  default: v.exactOptional(bytes),
  validValues: v.exactOptional(v.array(bytes)),
  validRange: v.exactOptional(
    v.object({ min: bytes, max: v.exactOptional(bytes), step: v.exactOptional(bytes) }),
  ),
});

const capacity = v.pipe(
  v.object({ value: bytes, requestPolicy: v.optional(policy) }),
  v.transform(({ value, requestPolicy }): DeviceCapacity => ({
    value,
    ...(requestPolicy === undefined ? {} : { policy: requestPolicy satisfies CapacityPolicy }),
  })),
);

const device = v.object({
  name: v.string(),
  attributes: v.optional(v.record(v.string(), attribute), {}),
  capacity: v.optional(v.record(v.string(), capacity), {}),
  allowMultipleAllocations: v.optional(v.boolean(), false),
  taints: list(taint),
});

const slice = v.object({
  metadata: v.object({ name: v.string() }),
  spec: v.object({
    nodeName: v.optional(v.string(), ""),
    pool: v.object({ name: v.string(), generation: v.number(), resourceSliceCount: v.number() }),
    devices: list(v.unknown()),
  }),
});

/**
 * Reads ResourceSlices of this driver. Devices that are alike are one object: of thousands of nodes most are, so that
 * neither memory nor the evaluation of selectors grows with them.
 */
export class SliceReader {
  readonly #devices = new Map<string, ClusterDevice>();

  /** Throws `ClusterObjectError`, and `QuantityError` for a capacity that is none. */
  read(object: unknown): ClusterSlice {
    const { metadata: { name }, spec: { nodeName, pool, devices } } = readAs("ResourceSlice", slice, object);
    return { name, nodeName, pool, devices: devices.map((each) => this.#device(each)) };
  }

  #device(object: unknown): ClusterDevice {
    const text = JSON.stringify(object);
    const known = this.#devices.get(text) ?? readDevice(object);
    this.#devices.set(text, known);
    return known;
  }
}

function readDevice(object: unknown): ClusterDevice {
  const { allowMultipleAllocations, ...rest } = readAs("device of a ResourceSlice", device, object);
  return { ...rest, shared: allowMultipleAllocations };
}
