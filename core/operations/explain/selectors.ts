import type { ClusterDevice } from "../cluster/device.ts";

/** What a CEL expression says of a device: whether it matches, or what keeps it from saying so. */
export type SelectorVerdict =
  | boolean
  /** It errs, as on an attribute that the device does not have. The scheduler gives the pod up then. */
  | { readonly kind: "errs"; readonly why: string }
  /** It uses something of the language that cannot be evaluated here. */
  | { readonly kind: "unknown"; readonly why: string };

/** Evaluates CEL expressions of DeviceClasses and claims. Asked again and again with the same: it remembers. */
export interface SelectorEvaluator {
  evaluate(expression: string, device: ClusterDevice): SelectorVerdict;
}
