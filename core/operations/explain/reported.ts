import type { ClusterClaim } from "../cluster/claims.ts";
import { type ClusterPod, isHeldUp } from "../cluster/pod.ts";
import type { Finding } from "./finding.ts";

/** How far a pod's claims are on its node, as the driver reports it in `status.devices`, while the pod does not run. */
export function reportFindings(pod: ClusterPod | undefined, claims: readonly ClusterClaim[]): Finding[] {
  if (pod?.nodeName === undefined || !isHeldUp(pod)) return [];
  const { nodeName } = pod;
  return claims.filter(({ allocation }) => (allocation?.results.length ?? 0) > 0).flatMap(
    ({ name, reported }): Finding[] => {
      if (reported.has("Placed")) return [];
      return reported.has("Prepared")
        ? [{
          code: "not-placed",
          blocks: false,
          text: `The driver on ${nodeName} has prepared claim ${name}, and no container has it yet.`,
          remedy: "If it stays so: the container's image, and the runtime (dramemory validate on the node).",
        }]
        : [{
          code: "not-prepared",
          blocks: false,
          text: `The driver on ${nodeName} does not say that it prepared claim ${name}.`,
          remedy:
            "If it stays so: does its pod run there, and does the kubelet know it (/readyz, the driver's log)? " +
            "With driver.reportClaims off it never says so.",
        }];
    },
  );
}
