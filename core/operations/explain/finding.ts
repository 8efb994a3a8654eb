/** What a finding is about. A closed set: programs go by it. */
export type FindingCode =
  | "admin-access"
  | "all"
  | "api-refuses"
  | "allocation-refused"
  | "capacity-name"
  | "claim-deleting"
  | "claim-in-several-containers"
  | "claim-missing"
  | "claim-not-made"
  | "claim-shared"
  | "claim-undeclared"
  | "claim-unused"
  | "class-missing"
  | "config-refused"
  | "config-unread"
  | "container-waits"
  | "count"
  | "default-size"
  | "distinct-forgets"
  | "driver-absent"
  | "event"
  | "names-node"
  | "no-claims"
  | "node-not-ready"
  | "not-placed"
  | "not-prepared"
  | "other-driver"
  | "other-scheduler"
  | "permission"
  | "pod-ended"
  | "request-missing"
  | "rounded"
  | "scheduler-refuses"
  | "scheduler-silent"
  | "scheduling-gates"
  | "selector"
  | "template-changed"
  | "template-missing";

/** Something about a pod or claim that is worth saying, whatever the nodes have. */
export interface Finding {
  readonly code: FindingCode;
  /** Whether the pod cannot run as long as it is so. */
  readonly blocks: boolean;
  /** A sentence. */
  readonly text: string;
  /** What to do about it, as a sentence. */
  readonly remedy?: string;
}
