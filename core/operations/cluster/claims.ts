import type { OpaqueConfig } from "../../claims/configuration/memory_config.ts";

/** What a claim asks for: `ResourceClaim.spec.devices`. */
export interface ClaimSpec {
  readonly requests: readonly ClaimRequest[];
  readonly constraints: readonly ClaimConstraint[];
  /** Of the claim, for this driver. */
  readonly configs: readonly OpaqueConfig[];
  /** The other drivers that the claim has configuration for. */
  readonly configuredDrivers: readonly string[];
}

/** One entry of `requests`. */
export interface ClaimRequest {
  readonly name: string;
  /** `exactly` alone, or the subrequests of `firstAvailable` in their order. */
  readonly alternatives: readonly DeviceAsk[];
}

/** What `exactly` or a subrequest says. */
export interface DeviceAsk {
  /** Of the subrequest; undefined for `exactly`. */
  readonly name?: string;
  readonly className: string;
  /** CEL expressions. */
  readonly selectors: readonly string[];
  /** Undefined for `allocationMode: All`. */
  readonly count: number | undefined;
  readonly adminAccess: boolean;
  /** Quantities by the names that the claim has. */
  readonly capacity: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
}

/** Of a device's or a node's taint. An empty effect and an empty key stand for all. */
export interface Toleration {
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  readonly effect: string;
}

/** `matchAttribute` or `distinctAttribute`, over the named requests or, where none is named, all. */
export interface ClaimConstraint {
  readonly kind: "match" | "distinct";
  readonly attribute: string;
  readonly requests: readonly string[];
}

/** A share or a whole device of this driver that a claim was given. */
export interface ClaimResult {
  readonly request: string;
  readonly pool: string;
  readonly device: string;
  readonly adminAccess: boolean;
  /** Absent where the claim was given the whole device. */
  readonly shareId?: string;
  /** Quantities by capacity name. */
  readonly consumedCapacity?: Readonly<Record<string, string>>;
}

/** A claim that is allocated. */
export interface ClaimAllocation {
  /** Of this driver. */
  readonly results: readonly ClaimResult[];
  /** How many results other drivers have. */
  readonly otherResults: number;
  /** Of the claim and its classes, for this driver. */
  readonly configs: readonly OpaqueConfig[];
}

export interface Consumer {
  readonly name: string;
  readonly uid: string;
}

/** A ResourceClaim of the cluster. */
export interface ClusterClaim {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly spec: ClaimSpec;
  readonly allocation?: ClaimAllocation;
  /** The pods of `status.reservedFor`. */
  readonly reservedFor: readonly Consumer[];
  /** The pod that owns it, for a claim that was made from a template. */
  readonly owner?: Consumer;
  readonly deleting: boolean;
  /** What the driver told in `status.devices`: the types of conditions that are true. */
  readonly reported: ReadonlySet<string>;
}

/** Whether a toleration is for a taint, of a device (KEP-5055) or of a node: both follow the same rule. */
export function tolerates(
  { key, operator, value, effect }: Toleration,
  taint: { readonly key: string; readonly value: string; readonly effect: string },
): boolean {
  if (effect !== "" && effect !== taint.effect) return false;
  if (key !== "" && key !== taint.key) return false;
  if (operator === "Exists") return true;
  return (operator === "" || operator === "Equal") && value === taint.value;
}
