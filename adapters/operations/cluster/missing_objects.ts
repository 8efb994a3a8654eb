import type { Finding } from "../../../core/operations/explain/finding.ts";
import type { ClusterReader } from "./cluster_reader.ts";

/** Says that a claim is not there, and where else one of that name is. Throws `ClusterApiError`. */
export async function claimMissing(reader: ClusterReader, namespace: string, name: string): Promise<Finding> {
  const elsewhere: string[] = [];
  for await (const claim of reader.claims(name)) elsewhere.push(claim.namespace);
  const others = elsewhere.length === 0
    ? ""
    : ` One of that name is in ${elsewhere.join(" and ")}: a pod is given those of its own namespace alone.`;
  return {
    code: "claim-missing",
    blocks: true,
    text: `There is no ResourceClaim ${name} in namespace ${namespace}.${others}`,
    remedy: "Create it, or name a ResourceClaimTemplate in the pod.",
  };
}

/** Says that a claim is not there that was made of a template. */
export function madeClaimMissing(namespace: string, name: string): Finding {
  return {
    code: "claim-missing",
    blocks: true,
    text: `There is no ResourceClaim ${name} in namespace ${namespace}.`,
    remedy: "It was made of a template and deleted since: delete the pod, so that it is made anew.",
  };
}

/** Says that a template is not there. */
export function templateMissing(namespace: string, name: string): Finding {
  return {
    code: "template-missing",
    blocks: true,
    text: `There is no ResourceClaimTemplate ${name} in namespace ${namespace}.`,
    remedy: "Create it: the claim is made as soon as it is there.",
  };
}
