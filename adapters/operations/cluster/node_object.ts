import * as v from "valibot";
import type { ClusterNode } from "../../../core/operations/cluster/node.ts";
import { list, taint, texts } from "./_schemas.ts";
import { readAs } from "./object_error.ts";

const node = v.object({
  metadata: v.object({ name: v.string(), labels: texts }),
  spec: v.optional(v.object({ unschedulable: v.optional(v.boolean(), false), taints: list(taint) }), {
    unschedulable: false,
    taints: [],
  }),
  status: v.optional(v.object({ conditions: list(v.object({ type: v.string(), status: v.string() })) })),
});

/** Reads a Node. Throws `ClusterObjectError`. */
export function readNode(object: unknown): ClusterNode {
  const { metadata, spec, status } = readAs("Node", node, object);
  const ready = status?.conditions.find(({ type }) => type === "Ready");
  return { ...metadata, ...spec, ready: ready === undefined || ready.status === "True" };
}
