import * as v from "valibot";
import { type ApiObject, type SubmittedObject } from "./api_object.ts";
import { badRequest } from "./status.ts";

const capacity = v.looseObject({
  value: v.string(),
  requestPolicy: v.exactOptional(v.looseObject({
    default: v.exactOptional(v.string()),
    validValues: v.exactOptional(v.array(v.string())),
    validRange: v.exactOptional(
      v.looseObject({ min: v.string(), max: v.exactOptional(v.string()), step: v.exactOptional(v.string()) }),
    ),
  })),
});

const device = v.looseObject({
  name: v.string(),
  attributes: v.exactOptional(v.record(v.string(), v.record(v.string(), v.unknown())), {}),
  capacity: v.exactOptional(v.record(v.string(), capacity), {}),
  allowMultipleAllocations: v.exactOptional(v.boolean()),
  taints: v.exactOptional(v.array(v.unknown()), []),
  consumesCounters: v.exactOptional(v.array(v.unknown()), []),
});

const slice = v.looseObject({
  spec: v.looseObject({
    driver: v.string(),
    pool: v.looseObject({ name: v.string(), generation: v.number(), resourceSliceCount: v.number() }),
    nodeName: v.exactOptional(v.string()),
    nodeSelector: v.exactOptional(v.unknown()),
    allNodes: v.exactOptional(v.boolean()),
    perDeviceNodeSelection: v.exactOptional(v.boolean()),
    devices: v.exactOptional(v.array(device), []),
    sharedCounters: v.exactOptional(v.array(v.unknown()), []),
  }),
});

export type SliceSpec = v.InferOutput<typeof slice>["spec"];
export type SpecDevice = v.InferOutput<typeof device>;
export type SpecCapacity = v.InferOutput<typeof capacity>;

/** Reads the spec of a ResourceSlice as far as it is checked. Throws `StatusError` 400. */
export function readSliceSpec(object: SubmittedObject | ApiObject): SliceSpec {
  const { success, output, issues } = v.safeParse(slice, object);
  if (!success) throw badRequest(`ResourceSlice in version "v1" cannot be read: ${v.summarize(issues)}`);
  return output.spec;
}
