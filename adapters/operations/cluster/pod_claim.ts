import type { Finding } from "../../../core/operations/explain/finding.ts";
import type { ExplainedClaim } from "../../../core/operations/explain/subject.ts";
import type { ClusterPod, PodClaim } from "../../../core/operations/cluster/pod.ts";
import { equal } from "../../../core/values/equal.ts";
import type { ClusterReader } from "./cluster_reader.ts";
import { claimMissing, madeClaimMissing, templateMissing } from "./missing_objects.ts";

/** What there is of a claim that a pod names; no claim where it is missing, as a finding says then. */
export interface LookedUpClaim {
  readonly claim?: ExplainedClaim;
  readonly findings: readonly Finding[];
}

/**
 * Looks up one of a pod's claims, or the template that it is to be made of. Throws `ClusterApiError` and
 * `ClusterObjectError`.
 */
export async function lookUpPodClaim(
  reader: ClusterReader,
  pod: ClusterPod,
  podClaim: PodClaim,
): Promise<LookedUpClaim> {
  const { namespace } = pod;
  const name = podClaim.claim ?? pod.madeClaims.get(podClaim.name);
  const template = podClaim.template;
  if (name !== undefined) {
    const claim = await reader.claim(namespace, name);
    if (claim === undefined) {
      return {
        findings: [
          template === undefined
            ? await claimMissing(reader, namespace, name)
            : madeClaimMissing(namespace, name),
        ],
      };
    }
    const findings = template === undefined
      ? []
      : await templateFindings(reader, namespace, template, claim.spec);
    if (claim.deleting) findings.push(claimDeleting(name));
    return { claim: { name, claim }, findings };
  }
  if (template === undefined) return { findings: [] };
  const found = await reader.template(namespace, template);
  if (found === undefined) return { findings: [templateMissing(namespace, template)] };
  // A pod that is only in a file has no claims yet; one of the cluster has them a moment after it was created.
  const findings = pod.uid === "" ? [] : [claimNotMade(podClaim.name, template)];
  return { claim: { name: podClaim.name, spec: found.spec }, findings };
}

async function templateFindings(
  reader: ClusterReader,
  namespace: string,
  name: string,
  spec: unknown,
): Promise<Finding[]> {
  const template = await reader.template(namespace, name);
  if (template === undefined || equal(template.spec, spec)) return [];
  return [{
    code: "template-changed",
    blocks: false,
    text: `The template ${name} says something else by now than the claim that was made of it.`,
    remedy: "A claim never changes: delete the pod, so that a new one is made of the template as it is now.",
  }];
}

function claimNotMade(name: string, template: string): Finding {
  return {
    code: "claim-not-made",
    blocks: true,
    text: `The claim ${name} was not made of the template ${template} yet.`,
    remedy: "If it stays so, look at the events and at the log of kube-controller-manager, which makes it.",
  };
}

function claimDeleting(name: string): Finding {
  return {
    code: "claim-deleting",
    blocks: true,
    text: `The claim ${name} is being deleted: no new pod is given it.`,
    remedy: "Wait until it is gone, and create it and the pod anew.",
  };
}
