import type { NodePool } from "../cluster/pools.ts";
import { type ClusterNode, type ClusterPod, isHeldUp } from "../cluster/pod.ts";
import { type Holding, holdingsOf, preparationProblem } from "./allocated.ts";
import { userFindings } from "./claim_users.ts";
import type { Finding } from "./finding.ts";
import type { NodeDemands } from "./node_filter.ts";
import { type NodeVerdict, verdictOn, type Wanted } from "./placement.ts";
import { groupReasons, type ReasonGroup } from "./reason_groups.ts";
import type { Judgement } from "./judgement.ts";
import { type Candidate, remediesFor } from "./remedies.ts";
import type { HeldClaim, Remedy } from "./remedy.ts";
import { schedulerFindings } from "./scheduler_findings.ts";
import { notesOnSpec } from "./spec_notes.ts";
import type { Subject } from "./subject.ts";

/** What of the cluster a judgement needs. */
export interface ClusterState {
  readonly nodes: readonly ClusterNode[];
  /** By node. */
  readonly pools: ReadonlyMap<string, readonly NodePool[]>;
  /** The allocated claims that hold something of this driver. */
  readonly held: readonly HeldClaim[];
  readonly judgement: Judgement;
}

/**
 * `holds`: all is allocated. `fits`: the scheduler would place it. `does-not-fit`: no node can. `blocked`: something
 * else keeps it, whatever the nodes have. `not-judged`: it cannot be told.
 */
export type Verdict = "holds" | "fits" | "does-not-fit" | "blocked" | "not-judged";

export interface Explanation {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly holdings: readonly Holding[];
  /** How many nodes were judged; 0 where nothing is left to be allocated. */
  readonly judgedNodes: number;
  /** Nodes that it fits on, the first few of them, and what it would be given there. */
  readonly fits: {
    readonly count: number;
    readonly first: readonly Extract<NodeVerdict, { fits: true }>[];
  };
  readonly reasons: readonly ReasonGroup[];
  readonly remedies: readonly Remedy[];
}

const namedNodes = 5;
const anywhere: NodeDemands = { nodeSelector: {}, tolerations: [] };

const namesNode: Finding = {
  code: "names-node",
  blocks: true,
  text:
    "The pod names its node itself (spec.nodeName): the scheduler never sees it, and nobody allocates its claims.",
  remedy: "Use a nodeSelector for the label kubernetes.io/hostname instead.",
};

/** Explains why a pod or claim is where it is, or is not. */
export function explain(subject: Subject, state: ClusterState): Explanation {
  const { pod, claims } = subject;
  const allPools = [...state.pools.values()].flat();
  const existing = claims.flatMap((entry) => "claim" in entry ? [entry.claim] : []);
  const holdings = existing.flatMap((claim) => holdingsOf(claim, allPools));
  const waiting = claims.filter((entry) => "spec" in entry || entry.claim.allocation === undefined)
    .map((entry) => ({ name: entry.name, spec: "spec" in entry ? entry.spec : entry.claim.spec }));
  const findings = [
    ...subject.findings,
    ...nodeFindings(pod, state.nodes),
    ...userFindings(subject, state.judgement.classes),
    ...(waiting.length > 0 && pod?.nodeName !== undefined ? [namesNode] : []),
    ...waiting.flatMap(({ name, spec }) => notesOnSpec(name, spec, allPools, state.judgement)),
    ...existing.flatMap((claim) => {
      const node = holdings.find((holding) => holding.claim === claim.name)?.node ?? "";
      const pools = state.pools.get(node) ?? [];
      const problem = preparationProblem(claim, pod, pools, state.judgement.usage);
      // What runs already goes on as it is.
      return problem === undefined ? [] : [{ ...problem, blocks: pod === undefined || isHeldUp(pod) }];
    }),
  ];
  const blocked = findings.some(({ blocks }) => blocks);
  const nothing = { judgedNodes: 0, fits: { count: 0, first: [] }, reasons: [], remedies: [] };
  if (waiting.length === 0) {
    return { verdict: blocked ? "blocked" : "holds", findings, holdings, ...nothing };
  }
  const [held] = holdings;
  const wanted: Wanted = {
    claims: waiting,
    pod: pod ?? anywhere,
    ...(held === undefined ? {} : { pinned: { node: held.node, claim: held.claim } }),
  };
  const judged = judge(wanted, state, blocked);
  if (judged.verdict !== "fits" || pod === undefined) return { findings, holdings, ...judged };
  const further = schedulerFindings(pod);
  const verdict = further.some(({ blocks }) => blocks) ? "blocked" : judged.verdict;
  return { holdings, ...judged, findings: [...findings, ...further], verdict };
}

/** A kubelet that does not answer prepares and starts nothing. */
function nodeFindings(pod: ClusterPod | undefined, nodes: readonly ClusterNode[]): Finding[] {
  if (pod?.nodeName === undefined || !isHeldUp(pod)) return [];
  const node = nodes.find(({ name }) => name === pod.nodeName);
  if (node?.ready === true) return [];
  return [{
    code: "node-not-ready",
    blocks: true,
    text: node === undefined
      ? `The pod is bound to node ${pod.nodeName}, which is gone.`
      : `Node ${node.name} is not ready: its kubelet does nothing for the pod.`,
    remedy: node === undefined
      ? "Delete the pod."
      : `kubectl describe node ${node.name} says since when, and why.`,
  }];
}

function judge(wanted: Wanted, state: ClusterState, blocked: boolean) {
  const candidates: Candidate[] = [];
  const first: Extract<NodeVerdict, { fits: true }>[] = [];
  const verdicts = state.nodes.map((node) => {
    const pools = state.pools.get(node.name) ?? [];
    const verdict = verdictOn(node, pools, wanted, state.judgement);
    if (!verdict.fits) candidates.push({ node, pools, reason: verdict.reason });
    else if (first.length < namedNodes) first.push(verdict);
    return verdict;
  });
  const count = verdicts.filter(({ fits }) => fits).length;
  const unknown = candidates.some(({ reason }) => reason.kind === "not-judged" || reason.kind === "unknown");
  const verdict: Verdict = blocked ? "blocked" : count > 0 ? "fits" : unknown ? "not-judged" : "does-not-fit";
  return {
    verdict,
    judgedNodes: verdicts.length,
    fits: { count, first },
    reasons: groupReasons(verdicts),
    remedies: count > 0 ? [] : remediesFor(wanted, candidates, state.held, state.judgement),
  };
}
