import type { ClusterDevice } from "../cluster/device.ts";
import type { ClusterUsage } from "../cluster/usage.ts";
import type { DeviceClasses } from "./ask.ts";
import type { SchedulerRules } from "./scheduler_rules.ts";
import type { SelectorEvaluator } from "./selectors.ts";

/** What claims are judged by, whatever the node. */
export interface Judgement {
  readonly classes: DeviceClasses;
  readonly usage: ClusterUsage;
  readonly selectors: SelectorEvaluator;
  readonly rules: SchedulerRules;
}

/** A device that the search chose for a request. */
export interface Placement {
  /** Index into the claims. */
  readonly claim: number;
  readonly request: string;
  readonly subrequest?: string;
  readonly pool: string;
  readonly device: ClusterDevice;
  readonly amounts: ReadonlyMap<string, bigint>;
}

/** What the scheduler would do with claims on one node. */
export type Outcome =
  | { readonly kind: "fits"; readonly placements: readonly Placement[] }
  | { readonly kind: "refused" }
  /** It gives the pod up altogether, whatever other nodes have. */
  | { readonly kind: "fails"; readonly why: string }
  /** It cannot be told. */
  | { readonly kind: "unknown"; readonly why: string };
