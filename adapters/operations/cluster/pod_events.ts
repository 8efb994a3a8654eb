import * as v from "valibot";
import type { Finding } from "../../../core/operations/explain/finding.ts";
import { asSentence, remedyForWords } from "../../../core/operations/explain/node_words.ts";
import type { ClusterPod } from "../../../core/operations/cluster/pod.ts";
import { ClusterApiError } from "../../../core/operations/ports/cluster_api.ts";
import type { ClusterReader } from "./cluster_reader.ts";
import { permissionFinding } from "./cluster_state.ts";
import { text } from "./_schemas.ts";

const event = v.object({
  type: text,
  reason: text,
  message: text,
  count: v.nullish(v.number(), 1),
  involvedObject: v.object({ uid: text }),
  lastTimestamp: v.nullish(v.string(), ""),
  eventTime: v.nullish(v.string(), ""),
});

/** The reason of the event by which kube-controller-manager tells that it could not make a claim of a template. */
export const claimCreationFailed = "FailedResourceClaimCreation";

/**
 * What was last said of a pod that does not run, reason by reason: by its kubelet, and by kube-controller-manager that
 * makes its claims. The scheduler's words are left out.
 */
export async function podEvents(reader: ClusterReader, pod: ClusterPod): Promise<Finding[]> {
  if (pod.uid === "") return [];
  const last = new Map<string, v.InferOutput<typeof event> & { at: string }>();
  try {
    for await (const object of reader.events(pod.namespace, pod.name)) {
      const { success, output } = v.safeParse(event, object);
      if (!success || output.type !== "Warning" || output.reason === "FailedScheduling") continue;
      if (output.involvedObject.uid !== pod.uid) continue;
      const at = output.lastTimestamp === "" ? output.eventTime : output.lastTimestamp;
      if (at >= (last.get(output.reason)?.at ?? "")) last.set(output.reason, { ...output, at });
    }
  } catch (error) {
    if (!(error instanceof ClusterApiError && error.kind === "denied")) throw error;
    return [permissionFinding(error, "what the kubelet says is left out")];
  }
  return [...last.values()].map(({ reason, message, count, at }) => {
    const remedy = remedyForWords(message);
    const often = [...(count > 1 ? [`${count} times`] : []), ...(at === "" ? [] : [`last at ${at}`])];
    return {
      code: "event",
      blocks: true,
      text: asSentence(
        `${reason === claimCreationFailed ? "Its claim cannot be made" : "On its node"} (${
          [reason, ...often].join(", ")
        }): ${message.replace(/^\(combined from similar events\): /, "")}`,
      ),
      ...(remedy === undefined ? {} : { remedy }),
    };
  });
}
