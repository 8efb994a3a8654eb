import type { ClaimSpec } from "../cluster/claims.ts";
import type { NodePool } from "../cluster/pools.ts";
import type { ClusterNode } from "../cluster/node.ts";
import { type NodeDemands, type NodeRefusal, refusalOf } from "./node_filter.ts";
import { nearer, type RequestReason, requestReason } from "./request_reason.ts";
import type { Judgement, Placement } from "./judgement.ts";
import { search } from "./search.ts";

/** The claims of one pod that are not allocated yet, or one claim of nobody. */
export interface Wanted {
  readonly claims: readonly { readonly name: string; readonly spec: ClaimSpec }[];
  readonly pod: NodeDemands;
  /** The node that an allocated claim of the pod lies on already. */
  readonly pinned?: { readonly node: string; readonly claim: string };
}

/** Why a node cannot take the claims. A closed set: programs go by `kind`. */
export type NodeReason =
  | NodeRefusal
  | { readonly kind: "claim-elsewhere"; readonly claim: string; readonly node: string }
  /** The node publishes no devices of this driver. */
  | { readonly kind: "no-devices" }
  | (RequestReason & { readonly claim: string; readonly request: string })
  /** Each request finds devices, but not all of them at once under the claim's constraints. */
  | { readonly kind: "constraint"; readonly claim: string; readonly attributes: readonly string[] }
  /** Each request finds devices, but there is not enough for all of them. */
  | { readonly kind: "together" }
  /** The scheduler gives the pod up. */
  | { readonly kind: "fails"; readonly why: string }
  | { readonly kind: "not-judged"; readonly why: string };

/** What was judged of one node. */
export type NodeVerdict =
  | { readonly node: string; readonly fits: true; readonly placements: readonly Placement[] }
  | { readonly node: string; readonly fits: false; readonly reason: NodeReason };

/** A node that the claims do not fit on, though it would take the pod. */
export interface Candidate {
  readonly node: ClusterNode;
  readonly pools: readonly NodePool[];
  readonly reason: NodeReason;
}

/** Judges a node as the scheduler would, and where it does not fit, says the first reason. */
export function verdictOn(
  node: ClusterNode,
  pools: readonly NodePool[],
  wanted: Wanted,
  judgement: Judgement,
): NodeVerdict {
  const no = (reason: NodeReason): NodeVerdict => ({ node: node.name, fits: false, reason });
  const refusal = refusalOf(node, wanted.pod);
  if (refusal !== undefined) return no(refusal);
  const { pinned } = wanted;
  if (pinned !== undefined && pinned.node !== node.name) return no({ kind: "claim-elsewhere", ...pinned });
  const outcome = search(wanted.claims.map(({ spec }) => spec), pools, judgement);
  switch (outcome.kind) {
    case "fits":
      return { node: node.name, fits: true, placements: outcome.placements };
    case "unknown":
      return no({ kind: "not-judged", why: outcome.why });
    case "fails":
      return no({ kind: "fails", why: outcome.why });
    case "refused":
      return no(whyRefused(pools, wanted, judgement));
  }
}

function whyRefused(pools: readonly NodePool[], wanted: Wanted, judgement: Judgement): NodeReason {
  if (pools.length === 0) return { kind: "no-devices" };
  const alone = wanted.claims.flatMap(({ name, spec }) =>
    spec.requests.flatMap((request) => {
      const reason = requestReason(request, pools, judgement);
      return reason === undefined ? [] : [{ claim: name, request: request.name, ...reason }];
    })
  );
  // The request that is furthest from being satisfied decides: the others would not help.
  const worst = alone.reduce<typeof alone[number] | undefined>(
    (worst, reason) => worst === undefined || nearer(worst, reason) === worst ? reason : worst,
    undefined,
  );
  if (worst !== undefined) return worst;
  for (const { name, spec } of wanted.claims) {
    const free = search([{ ...spec, constraints: [] }], pools, judgement).kind === "fits";
    if (free && search([spec], pools, judgement).kind !== "fits") {
      return {
        kind: "constraint",
        claim: name,
        attributes: spec.constraints.map(({ attribute }) => attribute),
      };
    }
  }
  return { kind: "together" };
}
