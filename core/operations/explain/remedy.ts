import type { ClaimAllocation } from "../cluster/claims.ts";
import { sizeCapacity } from "../../devices/slice_device.ts";
import { shortAtMost, shortQuantity } from "../../values/human_bytes.ts";
import { parseWholeBytes } from "../../values/quantity.ts";

/** A change that was tried, and makes the claims fit on the node. */
export type Remedy =
  & { readonly node: string; readonly claim: string; readonly request?: string }
  & (
    | { readonly kind: "smaller"; readonly bytes: bigint }
    | { readonly kind: "split"; readonly parts: number; readonly bytes: bigint }
    | { readonly kind: "separate-requests"; readonly count: number }
    | { readonly kind: "page-size"; readonly className: string }
    | { readonly kind: "capacity-name"; readonly name: string }
    | { readonly kind: "tolerate"; readonly taint: string }
    | { readonly kind: "release"; readonly held: HeldClaim }
  );

/** An allocated claim that could go. */
export interface HeldClaim {
  readonly namespace: string;
  readonly name: string;
  readonly allocation: ClaimAllocation;
  /** Whether a pod has it: one that none has holds what nobody uses. */
  readonly reserved: boolean;
}

/** What a claim holds altogether, in bytes. */
export function heldBytes({ allocation }: HeldClaim): bigint {
  return allocation.results.reduce(
    (sum, { consumedCapacity }) => sum + parseWholeBytes(consumedCapacity?.[sizeCapacity] ?? "0"),
    0n,
  );
}

/** A remedy in words, as what to do. */
export function formatRemedy(remedy: Remedy): string {
  const { node, claim, request } = remedy;
  const where = `it fits on ${node} then`;
  const what = `request ${request} of ${claim}`;
  switch (remedy.kind) {
    case "smaller":
      return `Ask for ${shortAtMost(remedy.bytes)} or less in ${what}: ${where}.`;
    case "split":
      return `Ask for it in ${remedy.parts} requests of ${
        shortQuantity(remedy.bytes)
      } in place of ${what}, ` +
        `which may come from several NUMA nodes: ${where}.`;
    case "separate-requests":
      return `Write ${remedy.count} requests in place of count: ${remedy.count} in ${what}: ` +
        `requests may share a device, the devices of one request are different ones; ${where}.`;
    case "page-size":
      return `Use the class ${remedy.className} in ${what}: ${where}.`;
    case "capacity-name":
      return `Write ${remedy.name} as the name of the capacity in ${what}: ${where}.`;
    case "tolerate":
      return `Tolerate the device's taint ${remedy.taint} in ${what}: ${where}.`;
    case "release":
      return `Without claim ${remedy.held.namespace}/${remedy.held.name}, which ` +
        `${remedy.held.reserved ? "" : "no pod uses and "}holds ${
          shortQuantity(heldBytes(remedy.held))
        }, ${where}.`;
  }
}
