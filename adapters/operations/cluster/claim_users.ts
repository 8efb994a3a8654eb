import type { Finding } from "../../../core/operations/explain/finding.ts";
import type { ExplainedClaim } from "../../../core/operations/explain/subject.ts";
import { type ClusterPod, hasEnded } from "../../../core/operations/cluster/pod.ts";
import { ClusterApiError } from "../../../core/operations/ports/cluster_api.ts";
import type { ClusterReader } from "./cluster_reader.ts";
import { permissionFinding } from "./cluster_state.ts";

/** Other pods that use the same claims, by the claim. Throws `ClusterApiError`. */
export async function otherUsers(
  reader: ClusterReader,
  pod: ClusterPod,
  claims: readonly ExplainedClaim[],
): Promise<{ users: Map<string, string[]>; findings: Finding[] }> {
  const users = new Map<string, string[]>(), earlier: Finding[] = [];
  const add = (claim: string, other: string) =>
    users.set(claim, [...new Set([...users.get(claim) ?? [], `pod ${other}`])]);
  for (const claim of claims.flatMap((entry) => "claim" in entry ? [entry.claim] : [])) {
    for (const { name, uid } of claim.reservedFor) {
      if (uid === pod.uid) continue;
      if (name === pod.name) earlier.push(reservedForEarlier(claim.name, name));
      else add(claim.name, name);
    }
  }
  const direct = new Set(pod.claims.flatMap(({ claim }) => claim ?? []));
  if (direct.size === 0) return { users, findings: earlier };
  try {
    for await (const other of reader.pods(pod.namespace)) {
      if (other.uid === pod.uid || hasEnded(other)) continue;
      for (const { claim } of other.claims) {
        if (claim !== undefined && direct.has(claim)) add(claim, other.name);
      }
    }
  } catch (error) {
    if (!(error instanceof ClusterApiError && error.kind === "denied")) throw error;
    return {
      users,
      findings: [
        ...earlier,
        permissionFinding(error, "whether other pods use the same claims is not judged"),
      ],
    };
  }
  return { users, findings: earlier };
}

function reservedForEarlier(claim: string, pod: string): Finding {
  return {
    code: "claim-shared",
    blocks: true,
    text:
      `The claim ${claim} is still reserved for an earlier pod ${pod}: the driver refuses it to this one.`,
    remedy: "It passes once that pod is gone for good; otherwise look at the log of kube-controller-manager.",
  };
}
