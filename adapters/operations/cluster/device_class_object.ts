import * as v from "valibot";
import { list } from "./_schemas.ts";
import { readAs } from "./object_error.ts";

const deviceClass = v.object({
  metadata: v.object({ name: v.string() }),
  spec: v.optional(
    v.object({
      selectors: list(v.object({ cel: v.optional(v.object({ expression: v.string() })) })),
      config: list(v.object({ opaque: v.optional(v.object({ driver: v.string() })) })),
    }),
    { selectors: [], config: [] },
  ),
});

/** Reads a DeviceClass: its name and its CEL expressions. Throws `ClusterObjectError`. */
export function readDeviceClass(object: unknown): { readonly name: string; readonly selectors: string[] } {
  const { metadata, spec } = readAs("DeviceClass", deviceClass, object);
  return {
    name: metadata.name,
    selectors: spec.selectors.flatMap(({ cel }) => cel === undefined ? [] : [cel.expression]),
  };
}
