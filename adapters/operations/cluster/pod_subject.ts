import type { Finding } from "../../../core/operations/explain/finding.ts";
import { podFindings } from "../../../core/operations/explain/pod_findings.ts";
import type { ExplainedClaim, Subject } from "../../../core/operations/explain/subject.ts";
import { type ClusterPod, isHeldUp, type PodClaim } from "../../../core/operations/cluster/pod.ts";
import { ClusterApiError } from "../../../core/operations/ports/cluster_api.ts";
import { equal } from "../../../core/values/equal.ts";
import type { ClusterReader } from "./cluster_reader.ts";
import type { DriverPod } from "./driver_pod.ts";
import { permissionFinding } from "./cluster_state.ts";
import { claimMissing, madeClaimMissing, templateMissing } from "./missing_objects.ts";
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
    const found = await lookUp(reader, pod, podClaim);
    findings.push(...found.findings);
    const { claim } = found;
    if (claim !== undefined && !claims.some(({ name }) => name === claim.name)) claims.push(claim);
  }
  const users = await otherUsers(reader, pod, claims);
  findings.push(...users.findings);
  if (isHeldUp(pod)) {
    findings.push(...await podEvents(reader, pod), ...await driverOn(reader, pod.nodeName));
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

/** Whether the driver's own pod is missing or not ready on the node that the pod waits on. */
async function driverOn(reader: ClusterReader, node: string | undefined): Promise<Finding[]> {
  if (node === undefined) return [];
  const drivers: DriverPod[] = [];
  try {
    for await (const driver of reader.driverPods()) drivers.push(driver);
  } catch (error) {
    if (!(error instanceof ClusterApiError && error.kind === "denied")) throw error;
    return [permissionFinding(error, "whether the driver runs on the node is not judged")];
  }
  const here = drivers.filter(({ nodeName }) => nodeName === node);
  // Without any pod it may run as a service of the nodes.
  if (drivers.length === 0 || here.some(({ ready }) => ready)) return [];
  const [first] = here;
  return [{
    code: "driver-absent",
    blocks: true,
    text: first === undefined
      ? `No pod of the driver runs on ${node}: nobody prepares the claim there.`
      : `The driver's pod ${first.name} on ${node} is not ready: nobody prepares the claim there.`,
    remedy: "Look at its events and its log, and at dramemory validate on the node.",
  }];
}

interface LookedUp {
  readonly claim?: ExplainedClaim;
  readonly findings: readonly Finding[];
}

async function lookUp(reader: ClusterReader, pod: ClusterPod, podClaim: PodClaim): Promise<LookedUp> {
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

/** Other pods that use the same claims, by the claim. */
async function otherUsers(
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

function hasEnded({ phase }: ClusterPod): boolean {
  return phase === "Succeeded" || phase === "Failed";
}

function ended({ phase }: ClusterPod): Finding {
  return {
    code: "pod-ended",
    blocks: false,
    text: `The pod has ended (${phase}): it holds nothing any more.`,
  };
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
