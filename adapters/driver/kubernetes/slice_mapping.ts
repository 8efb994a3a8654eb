import * as v from "valibot";
import type { PublishedSlice, ResourceSliceSpec } from "../../../core/devices/resource_slice.ts";
import { MalformedAnswerError } from "./api_error.ts";

const attribute = v.union([
  v.strictObject({ int: v.number() }),
  v.strictObject({ string: v.string() }),
  v.strictObject({ bool: v.boolean() }),
  v.strictObject({ ints: v.array(v.number()) }),
]);

const requestPolicy = v.strictObject({
  default: v.string(),
  validValues: v.exactOptional(v.array(v.string())),
  validRange: v.exactOptional(v.strictObject({ min: v.string(), step: v.string() })),
});

/** Others may have put it there: whatever a newer API says of it stays. */
const taint = v.looseObject({
  key: v.string(),
  value: v.exactOptional(v.string()),
  effect: v.string(),
  timeAdded: v.exactOptional(v.string()),
});

const nodeAllocatableResource = v.strictObject({
  mapping: v.strictObject({ capacityKey: v.string(), capacityMultiplier: v.string() }),
});

const absent = v.exactOptional(v.never());

/**
 * What the driver writes, as it writes it, without what else Kubernetes 1.37 knows of a device. What a newer API adds is
 * nobody's change, and left out.
 */
const device = v.object({
  name: v.string(),
  attributes: v.exactOptional(v.record(v.string(), attribute), {}),
  capacity: v.exactOptional(v.record(v.string(), v.object({ value: v.string(), requestPolicy })), {}),
  allowMultipleAllocations: v.literal(true),
  nodeAllocatableResources: v.exactOptional(v.record(v.string(), nodeAllocatableResource)),
  taints: v.exactOptional(v.array(taint)),
  nodeName: absent,
  nodeSelector: absent,
  allNodes: absent,
  consumesCounters: absent,
  bindsToNode: absent,
  bindingConditions: absent,
  bindingFailureConditions: absent,
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

const keptSlice = v.object({
  spec: v.object({
    devices: v.array(v.object({
      allowMultipleAllocations: v.exactOptional(v.literal(true)),
      nodeAllocatableResources: v.optional(v.unknown()),
      taints: v.optional(v.unknown()),
    })),
  }),
});

/** A part of a device that an API server drops without a word where its feature gates do not allow it. */
export type GatedField = keyof v.InferOutput<typeof keptSlice>["spec"]["devices"][number];

const gatedFields: readonly GatedField[] = ["allowMultipleAllocations", "nodeAllocatableResources", "taints"];

/** The slices of a list, and the version of the whole list. */
export interface SliceList {
  readonly resourceVersion: string;
  readonly slices: PublishedSlice[];
}

/**
 * Reads a list of this node's ResourceSlices. Where a device is not as the driver writes them (somebody took the
 * request policy away), its slice is given without devices, so that it differs from every
 * wanted one. Throws {@link MalformedAnswerError}.
 */
export function readSliceList(object: unknown): SliceList {
  const { success, output, issues } = v.safeParse(sliceList, object);
  if (!success) throw new MalformedAnswerError(`Cannot read the ResourceSlices: ${v.summarize(issues)}`);
  return { resourceVersion: output.metadata.resourceVersion, slices: output.items.map(readSlice) };
}

/** What the API server dropped of a slice, by its answer. Throws {@link MalformedAnswerError}. */
export function droppedFields({ devices }: ResourceSliceSpec, answer: unknown): Set<GatedField> {
  const { success, output, issues } = v.safeParse(keptSlice, answer);
  if (!success) throw new MalformedAnswerError(`Cannot read a ResourceSlice: ${v.summarize(issues)}`);
  const kept = output.spec.devices;
  return new Set(
    gatedFields.filter((field) =>
      devices.some((device, index) => device[field] !== undefined && kept[index]?.[field] === undefined)
    ),
  );
}

function readSlice({ metadata, spec }: v.InferOutput<typeof slice>): PublishedSlice {
  const { success, output } = v.safeParse(v.array(device), spec.devices);
  return { ...metadata, spec: { ...spec, devices: success ? output : [] } };
}
