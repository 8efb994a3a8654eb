import type { ClusterPod } from "../cluster/pod.ts";
import { quoted } from "../../values/quoted.ts";
import type { Finding } from "./finding.ts";
import { asSentence, remedyForWords } from "./node_words.ts";

/** What the pod's own spec and status tell. */
export function podFindings(pod: ClusterPod): Finding[] {
  const findings: Finding[] = [];
  if (pod.schedulingGates.length > 0) {
    findings.push({
      code: "scheduling-gates",
      blocks: true,
      text: `Scheduling gates hold the pod back: ${
        pod.schedulingGates.join(", ")
      }. The scheduler leaves it alone.`,
      remedy: "Whoever set a gate has to take it away.",
    });
  }
  if (pod.schedulerName !== "default-scheduler") {
    findings.push({
      code: "other-scheduler",
      blocks: false,
      text: `The pod wants the scheduler ${pod.schedulerName}. It is judged as if that were Kubernetes' own.`,
    });
  }
  const undeclared = pod.containers.flatMap(({ name: container, claims }) =>
    claims.filter(({ name }) => !pod.claims.some((claim) => claim.name === name))
      .map(({ name: claim }): Finding => ({
        code: "claim-undeclared",
        blocks: true,
        text:
          `Container ${container} names the claim ${
            quoted(claim)
          }, which is none of the pod's resourceClaims: the ` +
          "API server refuses such a pod.",
        remedy: `Add it to spec.resourceClaims, with the ResourceClaim or template that it is.`,
      }))
  );
  findings.push(...undeclared);
  if (pod.claims.length === 0 && undeclared.length === 0) {
    findings.push({ code: "no-claims", blocks: false, text: "It has no claims: nothing of it is judged." });
  }
  for (const { name, claim, template } of pod.claims) {
    if (claim === undefined && template === undefined) {
      findings.push({
        code: "claim-undeclared",
        blocks: true,
        text:
          `The claim ${name} of the pod's resourceClaims names neither a ResourceClaim nor a template: the ` +
          "API server refuses such a pod.",
        remedy: "Give it a resourceClaimName or a resourceClaimTemplateName.",
      });
    }
    if (pod.containers.some(({ claims }) => claims.some((claim) => claim.name === name))) continue;
    findings.push({
      code: "claim-unused",
      blocks: false,
      text: `No container names the claim ${name} in resources.claims: it is allocated, and nobody gets it.`,
      remedy: `Add it to the container that needs it.`,
    });
  }
  for (const { name, waiting } of pod.containers) {
    if (waiting === undefined || waiting.message === "") continue;
    const remedy = remedyForWords(waiting.message);
    findings.push({
      code: "container-waits",
      blocks: true,
      text: asSentence(`Container ${name} waits (${waiting.reason}): ${waiting.message}`),
      ...(remedy === undefined ? {} : { remedy }),
    });
  }
  return findings;
}
