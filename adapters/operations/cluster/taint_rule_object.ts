import * as v from "valibot";
import type { TaintRule } from "../../../core/operations/cluster/taint_rules.ts";
import { readAs } from "./object_error.ts";
import { taint } from "./_schemas.ts";

const rule = v.object({
  spec: v.object({
    deviceSelector: v.exactOptional(v.object({
      driver: v.exactOptional(v.string()),
      pool: v.exactOptional(v.string()),
      device: v.exactOptional(v.string()),
    })),
    taint,
  }),
});

/** Reads a DeviceTaintRule. Throws `ClusterObjectError`. */
export function readTaintRule(object: unknown): TaintRule {
  const { spec: { deviceSelector, taint } } = readAs("DeviceTaintRule", rule, object);
  return { taint, ...(deviceSelector === undefined ? {} : { selector: deviceSelector }) };
}
