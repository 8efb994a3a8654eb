import * as v from "valibot";
import type { SubmittedObject } from "./api_object.ts";

const slice = v.looseObject({
  spec: v.looseObject({
    devices: v.exactOptional(
      v.array(v.looseObject({
        capacity: v.exactOptional(v.record(v.string(), v.looseObject({}))),
      })),
    ),
  }),
});

/**
 * A ResourceSlice as a server without the feature gate DRAConsumableCapacity stores it: what the gate guards is
 * dropped without a word. Anything else is left as it is.
 */
export function withoutConsumableCapacity(object: SubmittedObject): SubmittedObject {
  const { success, output } = v.safeParse(slice, object);
  if (!success || output.spec.devices === undefined) return object;
  const devices = output.spec.devices.map(({ allowMultipleAllocations: _, capacity = {}, ...device }) => ({
    ...device,
    capacity: Object.fromEntries(
      Object.entries(capacity).map(([key, { requestPolicy: _, ...rest }]) => [key, rest]),
    ),
  }));
  return { ...object, spec: { ...output.spec, devices } };
}

/** A ResourceSlice without some parts of its devices, as a server without their feature gates stores it. */
export function withoutDeviceFields(object: SubmittedObject, fields: readonly string[]): SubmittedObject {
  const { success, output } = v.safeParse(slice, object);
  if (!success || output.spec.devices === undefined) return object;
  const devices = output.spec.devices.map((device) =>
    Object.fromEntries(Object.entries(device).filter(([name]) => !fields.includes(name)))
  );
  return { ...object, spec: { ...output.spec, devices } };
}
