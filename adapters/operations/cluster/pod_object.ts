import * as v from "valibot";
import type { ClusterPod } from "../../../core/operations/cluster/pod.ts";
import { readAs } from "./object_error.ts";
import { list, text, texts, toleration } from "./_schemas.ts";

const requirements = list(v.object({ key: v.string(), operator: v.string(), values: list(v.string()) }));
const terms = list(v.object({ matchExpressions: requirements, matchFields: requirements }));

const containers = list(v.object({
  name: v.string(),
  resources: v.optional(
    v.object({ claims: list(v.object({ name: v.string(), request: v.exactOptional(v.string()) })) }),
    { claims: [] },
  ),
}));

const states = list(v.object({
  name: v.string(),
  state: v.optional(
    v.object({
      waiting: v.optional(v.object({ reason: text, message: text })),
      terminated: v.optional(v.object({ exitCode: v.optional(v.number(), 0) })),
    }),
    {},
  ),
}));

const pod = v.object({
  metadata: v.object({ name: text, namespace: text, uid: text }),
  spec: v.object({
    nodeName: v.optional(v.string()),
    nodeSelector: texts,
    affinity: v.nullish(v.object({
      nodeAffinity: v.nullish(v.object({
        requiredDuringSchedulingIgnoredDuringExecution: v.nullish(v.object({ nodeSelectorTerms: terms })),
      })),
    })),
    tolerations: list(toleration),
    schedulingGates: list(v.object({ name: v.string() })),
    schedulerName: v.optional(v.string(), "default-scheduler"),
    resourceClaims: list(v.object({
      name: v.string(),
      resourceClaimName: v.optional(v.string()),
      resourceClaimTemplateName: v.optional(v.string()),
    })),
    initContainers: containers,
    containers,
  }),
  status: v.optional(
    v.object({
      phase: v.optional(v.string(), "Pending"),
      conditions: list(v.object({ type: v.string(), status: v.string(), message: text })),
      resourceClaimStatuses: list(
        v.object({ name: v.string(), resourceClaimName: v.optional(v.string()) }),
      ),
      initContainerStatuses: states,
      containerStatuses: states,
    }),
    {
      phase: "Pending",
      conditions: [],
      resourceClaimStatuses: [],
      initContainerStatuses: [],
      containerStatuses: [],
    },
  ),
});

/** Reads a Pod. Throws `ClusterObjectError`. */
export function readPod(object: unknown): ClusterPod {
  const { metadata, spec, status } = readAs("Pod", pod, object);
  const states = [...status.initContainerStatuses, ...status.containerStatuses];
  const scheduled = status.conditions.find(({ type }) => type === "PodScheduled");
  const affinity = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return {
    ...metadata,
    phase: status.phase,
    ...(spec.nodeName === undefined || spec.nodeName === "" ? {} : { nodeName: spec.nodeName }),
    nodeSelector: spec.nodeSelector,
    ...(affinity === undefined || affinity === null ? {} : { nodeAffinity: affinity.nodeSelectorTerms }),
    tolerations: spec.tolerations,
    schedulingGates: spec.schedulingGates.map(({ name }) => name),
    schedulerName: spec.schedulerName,
    claims: spec.resourceClaims.map(({ name, resourceClaimName, resourceClaimTemplateName }) => ({
      name,
      ...(resourceClaimName === undefined ? {} : { claim: resourceClaimName }),
      ...(resourceClaimTemplateName === undefined ? {} : { template: resourceClaimTemplateName }),
    })),
    madeClaims: new Map(
      status.resourceClaimStatuses.flatMap(({ name, resourceClaimName }) =>
        resourceClaimName === undefined ? [] : [[name, resourceClaimName] as const]
      ),
    ),
    containers: [...spec.initContainers, ...spec.containers].map(({ name, resources }) => {
      const state = states.find((other) => other.name === name)?.state ?? {};
      return {
        name,
        claims: resources.claims,
        ...(state.waiting === undefined ? {} : { waiting: state.waiting }),
        ...(state.terminated === undefined ? {} : { exitCode: state.terminated.exitCode }),
      };
    }),
    ...(scheduled === undefined ? {} : { schedulerMessage: scheduled.message }),
  };
}
