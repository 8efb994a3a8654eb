import type { Finding } from "../../../core/operations/explain/finding.ts";
import { podFindings } from "../../../core/operations/explain/pod_findings.ts";
import type { ExplainedClaim, Subject } from "../../../core/operations/explain/subject.ts";
import type { ClusterPod } from "../../../core/operations/cluster/pod.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";
import type { ClusterReader } from "./cluster_reader.ts";
import type { Manifest, Written } from "./manifest.ts";
import { claimMissing, templateMissing } from "./missing_objects.ts";

/**
 * What of a manifest is to be judged: its pods with their claims, which are looked up in the manifest first and then in
 * the cluster, and the claims and templates that no pod of it uses.
 */
export async function manifestSubjects(
  manifest: Manifest,
  reader: ClusterReader,
): Promise<Subject[]> {
  const subjects: Subject[] = [];
  const used = new Set<unknown>();
  for (const { title, pod, several } of manifest.pods) {
    const otherUsers = new Map(
      pod.claims.flatMap(({ claim }) =>
        claim === undefined ? [] : [[
          claim,
          [
            ...(several ? [`the other pods of ${title}`] : []),
            ...manifest.pods.filter((other) => other.pod !== pod && uses(other.pod, pod.namespace, claim))
              .map(({ title }) => title),
          ],
        ]]
      ),
    );
    const claims: ExplainedClaim[] = [];
    const findings = podFindings(pod);
    for (const { name, claim, template } of pod.claims) {
      const inFile = claim === undefined
        ? manifest.templates.find((each) => each.namespace === pod.namespace && each.name === template)
        : manifest.claims.find((each) => each.namespace === pod.namespace && each.name === claim);
      if (inFile !== undefined) {
        used.add(inFile);
        claims.push({ name: claim ?? name, spec: inFile.spec });
        findings.push(...problemFindings(inFile));
        continue;
      }
      if (claim !== undefined) {
        const found = await reader.claim(pod.namespace, claim);
        if (found === undefined) findings.push(await claimMissing(reader, pod.namespace, claim));
        else claims.push({ name: claim, claim: found });
      } else if (template !== undefined) {
        const found = await reader.template(pod.namespace, template);
        if (found === undefined) findings.push(templateMissing(pod.namespace, template));
        else claims.push({ name, spec: found.spec });
      }
    }
    subjects.push({ title, pod, claims, otherUsers, findings });
  }
  for (
    const [kind, all] of [["ResourceClaim", manifest.claims], [
      "ResourceClaimTemplate",
      manifest.templates,
    ]] as const
  ) {
    for (const each of all) {
      if (used.has(each)) continue;
      const claims = [{ name: each.name, spec: each.spec }];
      subjects.push({
        title: `${kind} ${each.name}`,
        claims,
        otherUsers: new Map(),
        findings: problemFindings(each),
      });
    }
  }
  if (subjects.length === 0) {
    throw new OperatorError("Cannot judge the manifest: it has no pod, no workload and no claim");
  }
  return subjects;
}

function uses(pod: ClusterPod, namespace: string, name: string): boolean {
  return pod.namespace === namespace && pod.claims.some(({ claim }) => claim === name);
}

/** kubectl asks the API server to refuse fields that there are not; for others it drops them in silence. */
function problemFindings({ name, problems }: Written & { readonly name: string }): Finding[] {
  return problems.map((problem) => ({
    code: "api-refuses",
    blocks: true,
    text: `${name} is not as the API has it: ${problem}.`,
    remedy: "The API server refuses it, or drops a field that it does not know without a word " +
      "(kubectl explain resourceclaim.spec --recursive).",
  }));
}
