import type { ClaimSpec, ClusterClaim } from "../cluster/claims.ts";
import type { ClusterPod } from "../cluster/pod.ts";
import type { Finding } from "./finding.ts";

/** What is explained: a pod with its claims, or claims alone. */
export interface Subject {
  /** What it is: `Pod default/database`. */
  readonly title: string;
  readonly pod?: ClusterPod;
  /** With the name by which it is spoken of. */
  readonly claims: readonly ExplainedClaim[];
  /** Who else uses one of them, by its name, in words: `pod b`. */
  readonly otherUsers: ReadonlyMap<string, readonly string[]>;
  /** What came to light while they were looked up. */
  readonly findings: readonly Finding[];
}

/** A claim that there is, or one that a template or file would make. */
export type ExplainedClaim =
  | { readonly name: string; readonly claim: ClusterClaim }
  | { readonly name: string; readonly spec: ClaimSpec };
