import { tolerates } from "../cluster/claims.ts";
import { formatTaint } from "../cluster/device.ts";
import type { ClusterNode } from "../cluster/node.ts";
import type { ClusterPod, LabelRequirement, NodeSelectorTerm } from "../cluster/pod.ts";

/** Why a node takes a pod on no account, whatever devices it has. */
export type NodeRefusal =
  | { readonly kind: "node-cordoned" }
  | { readonly kind: "node-taint"; readonly taint: string }
  | { readonly kind: "node-selector"; readonly label: string }
  | { readonly kind: "node-affinity" };

/** What of a pod decides which nodes may take it. */
export type NodeDemands = Pick<ClusterPod, "nodeSelector" | "nodeAffinity" | "tolerations">;

const cordon = { key: "node.kubernetes.io/unschedulable", value: "", effect: "NoSchedule" };

/**
 * The first of the scheduler's filters that keeps a pod away from a node: cordon, taints, `nodeSelector`, required node
 * affinity. Other filters (free CPU, ports, volumes, spread) are none of this driver's business.
 */
export function refusalOf(node: ClusterNode, pod: NodeDemands): NodeRefusal | undefined {
  const tolerated = (taint: { key: string; value: string; effect: string }) =>
    pod.tolerations.some((toleration) => tolerates(toleration, taint));
  if (node.unschedulable && !tolerated(cordon)) return { kind: "node-cordoned" };
  const taint = node.taints.find((taint) =>
    (taint.effect === "NoSchedule" || taint.effect === "NoExecute") && !tolerated(taint)
  );
  if (taint !== undefined) return { kind: "node-taint", taint: formatTaint(taint) };
  const missing = Object.entries(pod.nodeSelector).find(([key, value]) => node.labels[key] !== value);
  if (missing !== undefined) return { kind: "node-selector", label: missing.join("=") };
  if (pod.nodeAffinity !== undefined && !pod.nodeAffinity.some((term) => matchesTerm(node, term))) {
    return { kind: "node-affinity" };
  }
  return undefined;
}

/** A term without requirements matches nothing (core/v1 NodeSelectorTerm). */
function matchesTerm(node: ClusterNode, { matchExpressions, matchFields }: NodeSelectorTerm): boolean {
  return matchExpressions.length + matchFields.length > 0 &&
    matchExpressions.every((requirement) => matches(node.labels[requirement.key], requirement)) &&
    matchFields.every((requirement) =>
      matches(requirement.key === "metadata.name" ? node.name : undefined, requirement)
    );
}

function matches(value: string | undefined, { operator, values }: LabelRequirement): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return isWhole(value) && isWhole(values[0]) && BigInt(value) > BigInt(values[0]);
    case "Lt":
      return isWhole(value) && isWhole(values[0]) && BigInt(value) < BigInt(values[0]);
    default:
      return false;
  }
}

function isWhole(text: string | undefined): text is string {
  return text !== undefined && /^[+-]?\d{1,19}$/.test(text);
}
