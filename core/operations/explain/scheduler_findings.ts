import type { ClusterPod } from "../cluster/pod.ts";
import type { Finding } from "./finding.ts";
import { asSentence } from "./node_words.ts";

/** How the scheduler's plugin for claims says that a node has no devices left. */
const claimsAlone = /^\d+\/\d+ nodes are available: \d+ cannot allocate all claims\./;

/**
 * What the scheduler itself says, or does not, of a pod whose claims fit: it looks at more than claims, and at the
 * cluster as it was when it last tried.
 */
export function schedulerFindings(
  { uid, nodeName, phase, schedulingGates, schedulerMessage }: ClusterPod,
): Finding[] {
  if (uid === "" || nodeName !== undefined || phase !== "Pending" || schedulingGates.length > 0) return [];
  if (schedulerMessage === undefined) {
    return [{
      code: "scheduler-silent",
      blocks: false,
      text: "No scheduler has said anything of the pod yet.",
      remedy: "If it stays so: does the scheduler run that the pod names (spec.schedulerName)?",
    }];
  }
  const words = asSentence(`The scheduler says: ${schedulerMessage}`);
  if (claimsAlone.test(schedulerMessage)) {
    return [{
      code: "scheduler-refuses",
      blocks: false,
      text: words,
      remedy: "That was before there was room: it tries again by itself, within minutes.",
    }];
  }
  return [{
    code: "scheduler-refuses",
    blocks: true,
    text: words,
    remedy:
      "What the claims ask for is there, so it is something else that it names; that is not judged here.",
  }];
}
