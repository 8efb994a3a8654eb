import * as v from "valibot";
import { parseAllDocuments } from "yaml";
import type { ClusterClaim } from "../../../core/operations/cluster/claims.ts";
import type { ClusterPod } from "../../../core/operations/cluster/pod.ts";
import { type ClaimTemplate, readClaim, readClaimTemplate } from "./claim_object.ts";
import { readPod } from "./pod_object.ts";
import { readAs } from "./object_error.ts";
import { claimProblems } from "./claim_problems.ts";
import { text } from "./_schemas.ts";
import { firstLineOf } from "../../../core/values/message_of.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** What a manifest has that takes devices, each object with its name in the file. */
export interface Manifest {
  readonly pods: readonly ManifestPod[];
  readonly claims: readonly (ClusterClaim & Written)[];
  readonly templates: readonly (ClaimTemplate & Written)[];
  readonly classes: readonly unknown[];
}

/** What only a file can have wrong. */
export interface Written {
  /** What the API server would refuse. */
  readonly problems: readonly string[];
}

interface ManifestPod {
  readonly title: string;
  readonly pod: ClusterPod;
  /** Whether there is to be more than one of it at a time. */
  readonly several: boolean;
}

const object = v.object({
  apiVersion: text,
  kind: v.string(),
  metadata: v.optional(v.object({ name: text, namespace: v.optional(v.string()) }), {}),
});

const withTemplate = v.object({
  spec: v.object({
    template: v.unknown(),
    replicas: v.nullish(v.number()),
    parallelism: v.nullish(v.number()),
  }),
});
const cronJob = v.object({ spec: v.object({ jobTemplate: withTemplate }) });
const withSpec = v.object({ spec: v.unknown() });
const withSpecOfSpec = v.object({ spec: withSpec });
const list = v.object({ items: v.array(v.unknown()) });

/** The kinds that are read, each with the versions of its API that have this form. */
const versions: Readonly<Record<string, readonly string[]>> = {
  List: ["v1"],
  Pod: ["v1"],
  ResourceClaim: ["resource.k8s.io/v1", "resource.k8s.io/v1beta2"],
  ResourceClaimTemplate: ["resource.k8s.io/v1", "resource.k8s.io/v1beta2"],
  DeviceClass: ["resource.k8s.io/v1", "resource.k8s.io/v1beta2"],
  ReplicationController: ["v1"],
  Deployment: ["apps/v1"],
  StatefulSet: ["apps/v1"],
  DaemonSet: ["apps/v1"],
  ReplicaSet: ["apps/v1"],
  Job: ["batch/v1"],
  CronJob: ["batch/v1"],
};

const workloads = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"];

/**
 * Reads the objects of a manifest, in YAML or JSON. Pods are found in the workloads that make them as well. Objects of
 * other kinds are passed over. Throws {@link OperatorError} for a text that is none, and `ClusterObjectError`.
 */
export function readManifest(source: string, namespace: string): Manifest {
  const documents = parseAllDocuments(source);
  const found = {
    pods: [] as ManifestPod[],
    claims: [] as (ClusterClaim & Written)[],
    templates: [] as (ClaimTemplate & Written)[],
    classes: [] as unknown[],
  };
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined) throw new OperatorError(`Cannot read the manifest: ${firstLineOf(error)}`);
    const value: unknown = document.toJS();
    if (value !== null) collect(value, namespace, found);
  }
  return found;
}

type Found = {
  pods: ManifestPod[];
  claims: (ClusterClaim & Written)[];
  templates: (ClaimTemplate & Written)[];
  classes: unknown[];
};

function collect(value: unknown, namespace: string, found: Found): void {
  const { success, output } = v.safeParse(object, value);
  if (!success) {
    throw new OperatorError("Cannot read the manifest: a document has no kind, so it is no object");
  }
  const { apiVersion, kind, metadata } = output;
  const inNamespace = { namespace: metadata.namespace ?? namespace };
  const title = `${kind} ${metadata.name ?? ""}`.trim();
  const known = versions[kind];
  if (known !== undefined && !known.includes(apiVersion)) {
    const found = apiVersion === "" ? "it has no apiVersion" : `it is of ${apiVersion}`;
    throw new OperatorError(`Cannot judge ${title}: ${found} (write it as ${known[0]})`);
  }
  if (kind === "List") {
    for (const item of readAs("List", list, value).items) {
      collect(item, namespace, found);
    }
  } else if (kind === "ResourceClaim") {
    const claim = readClaim(value);
    const problems = claimProblems(readAs(kind, withSpec, value).spec, claim.spec);
    found.claims.push({ ...claim, ...inNamespace, problems });
  } else if (kind === "ResourceClaimTemplate") {
    const template = readClaimTemplate(value);
    const problems = claimProblems(readAs(kind, withSpecOfSpec, value).spec.spec, template.spec);
    found.templates.push({ ...template, ...inNamespace, problems });
  } else if (kind === "DeviceClass") found.classes.push(value);
  else if (kind === "Pod") {
    found.pods.push({ title, pod: { ...readPod(value), ...inNamespace, uid: "" }, several: false });
  } else if (workloads.includes(kind) || kind === "CronJob") {
    const parsed = kind === "CronJob" ? v.safeParse(cronJob, value) : v.safeParse(withTemplate, value);
    if (!parsed.success) {
      throw new OperatorError(`Cannot read the manifest: ${title} has no template of a pod`);
    }
    const { spec } = parsed.output;
    const workload = "jobTemplate" in spec ? spec.jobTemplate.spec : spec;
    const pod = { ...readPod(withMetadata(workload.template)), ...inNamespace, uid: "" };
    found.pods.push({ title, pod, several: hasSeveral(kind, workload) });
  }
}

/** A DaemonSet has as many pods as there are nodes. */
function hasSeveral(
  kind: string,
  { replicas, parallelism }: v.InferOutput<typeof withTemplate>["spec"],
): boolean {
  return kind === "DaemonSet" || (replicas ?? parallelism ?? 1) > 1;
}

/** Templates may come without metadata. */
function withMetadata(template: unknown): unknown {
  return typeof template === "object" && template !== null ? { metadata: {}, ...template } : template;
}
