import * as v from "valibot";
import { readAs } from "./object_error.ts";
import { list, text, texts } from "./_schemas.ts";

/** A pod of the driver. */
export interface DriverPod {
  readonly name: string;
  readonly nodeName: string;
  /** As the chart labels it, or else the tag of its image. */
  readonly version: string;
  readonly ready: boolean;
}

const pod = v.object({
  metadata: v.object({ name: text, labels: texts }),
  spec: v.object({ nodeName: text, containers: list(v.object({ image: text })) }),
  status: v.optional(v.object({ conditions: list(v.object({ type: v.string(), status: v.string() })) })),
});

/** Reads a pod of the driver. Throws `ClusterObjectError`. */
export function readDriverPod(object: unknown): DriverPod {
  const { metadata: { name, labels }, spec: { nodeName, containers }, status } = readAs("Pod", pod, object);
  const tag = /:([^:/@]+)(?:@|$)/.exec(containers[0]?.image ?? "")?.[1];
  return {
    name,
    nodeName,
    version: labels["app.kubernetes.io/version"] ?? tag ?? "?",
    ready: status?.conditions.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
  };
}
