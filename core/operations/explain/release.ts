import type { ClusterClaim } from "../cluster/claims.ts";
import type { Judgement } from "./judgement.ts";
import { type Candidate, verdictOn, type Wanted } from "./placement.ts";
import { heldBytes, type HeldClaim, type Remedy } from "./remedy.ts";
import { ClusterUsage } from "../cluster/usage.ts";

/** Nodes on which the claims of others may be all that is in the way of what is wanted, the nearest first. */
export interface Crowding {
  readonly wanted: Wanted;
  readonly nodes: readonly Candidate[];
}

/** Claims of a node that are tried to go: first those that nobody uses, then the smallest. */
const maxClaims = 20;

/**
 * Who holds what on crowded nodes, of all claims of a cluster that are added one after the other: it keeps sums, and of
 * each node the few claims that are worth a trial.
 */
export class Holders {
  readonly #nodeOf: ReadonlyMap<string, string>;
  readonly #held = new Map<string, { readonly claim: HeldClaim; readonly bytes: bigint }[]>();
  readonly #usage = new ClusterUsage();

  constructor(crowded: readonly Crowding[]) {
    this.#nodeOf = new Map(
      crowded.flatMap(({ nodes }) => nodes)
        .flatMap(({ node, pools }) => pools.map((pool) => [pool.name, node.name] as const)),
    );
  }

  add({ namespace, name, allocation, reservedFor }: ClusterClaim): void {
    if (allocation === undefined) return;
    const nodes = new Set(allocation.results.flatMap(({ pool }) => this.#nodeOf.get(pool) ?? []));
    if (nodes.size === 0) return;
    this.#usage.add(allocation);
    const claim = { namespace, name, allocation, reserved: reservedFor.length > 0 };
    for (const node of nodes) this.#keep(node, { claim, bytes: heldBytes(claim) });
  }

  /** The claim on one of the nodes without which there is room: one that nobody uses, or else the smallest. */
  releaseFor({ wanted, nodes }: Crowding, judgement: Judgement): Remedy | undefined {
    const [first] = wanted.claims;
    if (first === undefined) return undefined;
    const fits = ({ node, pools }: Candidate) =>
      verdictOn(node, pools, wanted, { ...judgement, usage: this.#usage }).fits;
    for (const candidate of nodes) {
      const node = candidate.node.name;
      // Claims came and went since the node was judged.
      if (fits(candidate)) continue;
      for (const { claim } of this.#held.get(node) ?? []) {
        this.#usage.remove(claim.allocation);
        const enough = fits(candidate);
        this.#usage.add(claim.allocation);
        if (enough) return { kind: "release", node, claim: first.name, held: claim };
      }
    }
    return undefined;
  }

  #keep(node: string, held: { readonly claim: HeldClaim; readonly bytes: bigint }): void {
    const kept = this.#held.get(node) ?? [];
    this.#held.set(node, kept);
    kept.push(held);
    kept.sort((a, b) =>
      Number(a.claim.reserved) - Number(b.claim.reserved) ||
      (a.bytes < b.bytes ? -1 : a.bytes > b.bytes ? 1 : 0)
    );
    if (kept.length > maxClaims) kept.pop();
  }
}
