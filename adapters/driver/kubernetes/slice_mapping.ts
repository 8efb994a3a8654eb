import * as v from "valibot";
import type {
  CapacityRequestPolicy,
  DeviceAttribute,
  PublishedSlice,
  ResourceSliceSpec,
  SliceDevice,
} from "../../../core/devices/resource_slice.ts";
import { MalformedAnswerError } from "./api_error.ts";
import type { V1Device, V1DeviceAttribute, V1ResourceSlice } from "./client_node.ts";

// client-node calls the API's `int` and `default` `_int` and `_default`.

const attribute = v.union([
  v.pipe(v.strictObject({ _int: v.number() }), v.transform(({ _int }): DeviceAttribute => ({ int: _int }))),
  v.strictObject({ string: v.string() }),
  v.strictObject({ bool: v.boolean() }),
]);

const requestPolicy = v.pipe(
  v.strictObject({
    _default: v.string(),
    validValues: v.exactOptional(v.array(v.string())),
    validRange: v.exactOptional(v.strictObject({ min: v.string(), step: v.string() })),
  }),
  v.transform(({ _default, ...rest }): CapacityRequestPolicy => ({ default: _default, ...rest })),
);

/** Exactly what the driver writes: a device that says anything else is not its work. */
const device = v.strictObject({
  name: v.string(),
  attributes: v.exactOptional(v.record(v.string(), attribute), {}),
  capacity: v.exactOptional(v.record(v.string(), v.strictObject({ value: v.string(), requestPolicy })), {}),
  allowMultipleAllocations: v.literal(true),
});

const slice = v.object({
  metadata: v.object({ name: v.string(), resourceVersion: v.string() }),
  spec: v.object({
    driver: v.string(),
    nodeName: v.string(),
    pool: v.object({ name: v.string(), generation: v.number(), resourceSliceCount: v.number() }),
    devices: v.optional(v.array(v.unknown()), []),
  }),
});

const sliceList = v.object({
  metadata: v.object({ resourceVersion: v.string() }),
  items: v.nullish(v.array(slice), []),
});

/** The slices of a list, and the version of the whole list. */
export interface SliceList {
  readonly resourceVersion: string;
  readonly slices: PublishedSlice[];
}

/**
 * Reads a list of this node's ResourceSlices. Where a device is not as the driver writes them (somebody added a
 * taint, or took the request policy away), its slice is given without devices, so that it differs from every
 * wanted one. Throws {@link MalformedAnswerError}.
 */
export function readSliceList(object: unknown): SliceList {
  const { success, output, issues } = v.safeParse(sliceList, object);
  if (!success) throw new MalformedAnswerError(`Cannot read the ResourceSlices: ${v.summarize(issues)}`);
  return { resourceVersion: output.metadata.resourceVersion, slices: output.items.map(readSlice) };
}

function readSlice({ metadata, spec }: v.InferOutput<typeof slice>): PublishedSlice {
  const { success, output } = v.safeParse(v.array(device), spec.devices);
  return { ...metadata, spec: { ...spec, devices: success ? output : [] } };
}

/** The spec of a ResourceSlice as the API has it. */
export function writeSpec({ driver, nodeName, pool, devices }: ResourceSliceSpec): V1ResourceSlice["spec"] {
  return { driver, nodeName, pool: { ...pool }, devices: devices.map(writeDevice) };
}

function writeDevice({ name, attributes, capacity, allowMultipleAllocations }: SliceDevice): V1Device {
  return {
    name,
    attributes: mapValues(attributes, writeAttribute),
    capacity: mapValues(
      capacity,
      ({ value, requestPolicy: { default: _default, validValues, validRange } }) => ({
        value,
        requestPolicy: {
          _default,
          ...(validValues === undefined ? {} : { validValues: [...validValues] }),
          ...(validRange === undefined ? {} : { validRange: { ...validRange } }),
        },
      }),
    ),
    allowMultipleAllocations,
  };
}

function writeAttribute(attribute: DeviceAttribute): V1DeviceAttribute {
  return "int" in attribute ? { _int: attribute.int } : { ...attribute };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
