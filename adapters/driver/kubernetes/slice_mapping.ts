import * as v from "valibot";
import type { PublishedSlice } from "../../../core/devices/resource_slice.ts";
import { MalformedAnswerError } from "./api_error.ts";

const attribute = v.union([
  v.strictObject({ int: v.number() }),
  v.strictObject({ string: v.string() }),
  v.strictObject({ bool: v.boolean() }),
]);

const requestPolicy = v.strictObject({
  default: v.string(),
  validValues: v.exactOptional(v.array(v.string())),
  validRange: v.exactOptional(v.strictObject({ min: v.string(), step: v.string() })),
});

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

const sharedSlice = v.object({
  spec: v.object({ devices: v.array(v.object({ allowMultipleAllocations: v.literal(true) })) }),
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

/** Whether every device of a slice that the API server answered with can still be shared. */
export function keepsSharing(object: unknown): boolean {
  return v.is(sharedSlice, object);
}

function readSlice({ metadata, spec }: v.InferOutput<typeof slice>): PublishedSlice {
  const { success, output } = v.safeParse(v.array(device), spec.devices);
  return { ...metadata, spec: { ...spec, devices: success ? output : [] } };
}
