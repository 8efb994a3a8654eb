import * as v from "valibot";
import type { ClusterDeviceClass } from "../../../core/operations/cluster/device_class.ts";
import { configEntry, readConfigs } from "../../protocols/configuration/memory_config.ts";
import { list } from "./_schemas.ts";
import { readAs } from "./object_error.ts";

const deviceClass = v.object({
  metadata: v.object({ name: v.string() }),
  spec: v.optional(
    v.object({
      selectors: list(v.object({ cel: v.optional(v.object({ expression: v.string() })) })),
      config: list(configEntry),
    }),
    { selectors: [], config: [] },
  ),
});

/** Reads a DeviceClass. Throws `ClusterObjectError`. */
export function readDeviceClass(object: unknown): ClusterDeviceClass {
  const { metadata, spec } = readAs("DeviceClass", deviceClass, object);
  return {
    name: metadata.name,
    selectors: spec.selectors.flatMap(({ cel }) => cel === undefined ? [] : [cel.expression]),
    configs: readConfigs(spec.config),
  };
}
