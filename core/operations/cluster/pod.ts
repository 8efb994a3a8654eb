import type { Toleration } from "./claims.ts";

/** One requirement of a label selector or a node selector term. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** A term of required node affinity: all its requirements hold. */
export interface NodeSelectorTerm {
  readonly matchExpressions: readonly LabelRequirement[];
  readonly matchFields: readonly LabelRequirement[];
}

/** An entry of `spec.resourceClaims`. */
export interface PodClaim {
  readonly name: string;
  /** `resourceClaimName`. */
  readonly claim?: string;
  /** `resourceClaimTemplateName`. */
  readonly template?: string;
}

/** A container of a pod, init containers included. */
export interface PodContainer {
  readonly name: string;
  /** `resources.claims`: by the names in `spec.resourceClaims`, and one request of it where it names one. */
  readonly claims: readonly { readonly name: string; readonly request?: string }[];
  /** Why it does not run: reason and message of its `waiting` state. */
  readonly waiting?: { readonly reason: string; readonly message: string };
  /** What it ended with, while it has. */
  readonly exitCode?: number;
}

/** A Pod, as far as it decides where it may run and what it holds. */
export interface ClusterPod {
  readonly namespace: string;
  readonly name: string;
  /** Empty for a pod that is only in a file. */
  readonly uid: string;
  readonly phase: string;
  /** The node that it is bound to. */
  readonly nodeName?: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** `requiredDuringSchedulingIgnoredDuringExecution`: one of the terms holds. Undefined without such affinity. */
  readonly nodeAffinity?: readonly NodeSelectorTerm[];
  readonly tolerations: readonly Toleration[];
  readonly schedulingGates: readonly string[];
  readonly schedulerName: string;
  readonly claims: readonly PodClaim[];
  /** Claims that were made from templates, by the names in `spec.resourceClaims`. */
  readonly madeClaims: ReadonlyMap<string, string>;
  readonly containers: readonly PodContainer[];
  /** What the scheduler last said of it: the message of the condition `PodScheduled`; undefined before it did. */
  readonly schedulerMessage?: string;
}

/** Whether something keeps a pod from running: it did not start, or a container of it does not come back. */
export function isHeldUp({ phase, containers }: ClusterPod): boolean {
  if (phase === "Pending") return true;
  const stuck = containers.some(({ waiting, exitCode = 0 }) => waiting !== undefined || exitCode !== 0);
  return phase === "Running" && stuck;
}

/** Whether a pod is over: it holds nothing any more. */
export function hasEnded({ phase }: ClusterPod): boolean {
  return phase === "Succeeded" || phase === "Failed";
}
