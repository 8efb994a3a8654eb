import type { Finding } from "../../../core/operations/explain/finding.ts";
import { podFindings } from "../../../core/operations/explain/pod_findings.ts";
import type { ExplainedClaim, Subject } from "../../../core/operations/explain/subject.ts";
import { type ClusterPod, hasEnded, isHeldUp } from "../../../core/operations/cluster/pod.ts";
import { otherUsers } from "./claim_users.ts";
import type { ClusterReader } from "./cluster_reader.ts";
import { driverOnNode } from "./driver_on_node.ts";
import { lookUpPodClaim } from "./pod_claim.ts";
import { claimCreationFailed, podEvents } from "./pod_events.ts";

/**
 * Looks a pod's claims up, and what else keeps pods from running: gates, claims and templates that are missing, claims
 * that others use. Throws `ClusterApiError` and `ClusterObjectError`.
 */
export async function podSubject(reader: ClusterReader, pod: ClusterPod): Promise<Subject> {
  const title = `Pod ${pod.namespace}/${pod.name}`;
  if (hasEnded(pod)) return { title, pod, claims: [], otherUsers: new Map(), findings: [ended(pod)] };
  const claims: ExplainedClaim[] = [];
  const findings = podFindings(pod);
  for (const podClaim of pod.claims) {
    const found = await lookUpPodClaim(reader, pod, podClaim);
    findings.push(...found.findings);
    const { claim } = found;
    if (claim !== undefined && !claims.some(({ name }) => name === claim.name)) claims.push(claim);
  }
  const users = await otherUsers(reader, pod, claims);
  findings.push(...users.findings);
  if (isHeldUp(pod)) {
    findings.push(...await podEvents(reader, pod), ...await driverOnNode(reader, pod.nodeName));
  }
  return {
    title,
    pod,
    claims,
    otherUsers: users.users,
    findings: withoutRepetition(findings),
  };
}

/**
 * The kubelet says why a container waits in its state and, as a rule, in an event; and of a claim that was not made an
 * event says why.
 */
function withoutRepetition(findings: readonly Finding[]): Finding[] {
  const events = findings.filter(({ code }) => code === "event");
  const said = (words: string) => events.some(({ text }) => text.includes(words));
  return findings.filter(({ code, text }) =>
    code === "container-waits"
      ? !said(text.slice(text.indexOf(": ") + 2))
      : code !== "claim-not-made" || !said(claimCreationFailed)
  );
}

function ended({ phase }: ClusterPod): Finding {
  return {
    code: "pod-ended",
    blocks: false,
    text: `The pod has ended (${phase}): it holds nothing any more.`,
  };
}
