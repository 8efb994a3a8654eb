import type { ClusterClaim } from "../cluster/claims.ts";
import type { NodePool } from "../cluster/pools.ts";
import type { ClusterNode } from "../cluster/node.ts";
import { type ClusterPod, isHeldUp } from "../cluster/pod.ts";
import { type Holding, holdingsOf } from "./holdings.ts";
import { preparationProblem } from "./preparation.ts";
import { userFindings } from "./claim_users.ts";
import type { Finding } from "./finding.ts";
import type { NodeDemands } from "./node_filter.ts";
import { type Candidate, type NodeVerdict, verdictOn, type Wanted } from "./placement.ts";
import { groupReasons, type ReasonGroup } from "./reason_groups.ts";
import type { Judgement } from "./judgement.ts";
import { type Crowding, Holders } from "./release.ts";
import { type Help, helpFor } from "./remedies.ts";
import type { Remedy } from "./remedy.ts";
import { termsFindings } from "./refused_configuration.ts";
import { reportFindings } from "./reported.ts";
import { schedulerFindings } from "./scheduler_findings.ts";
import { notesOnSpec } from "./spec_notes.ts";
import type { Subject } from "./subject.ts";

/** What of the cluster a judgement needs. */
export interface ClusterState {
  readonly nodes: readonly ClusterNode[];
  /** By node. */
  readonly pools: ReadonlyMap<string, readonly NodePool[]>;
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

/** Something that was explained. */
export interface Explained {
  readonly subject: Subject;
  readonly explanation: Explanation;
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

/**
 * Explains why pods and claims are where they are, or are not. `claims` reads those of the whole cluster: which of them
 * could go is looked for where that may help, and not all of them are kept in mind for it. Rejects with what it throws.
 */
export async function explain(
  subjects: readonly Subject[],
  state: ClusterState,
  claims: () => AsyncIterable<ClusterClaim>,
): Promise<Explained[]> {
  const judged = subjects.map((subject) => ({ subject, ...judgeSubject(subject, state) }));
  const crowded = judged.flatMap(({ crowding }) => crowding ?? []);
  const holders = new Holders(crowded);
  if (crowded.length > 0) { for await (const claim of claims()) holders.add(claim); }
  return judged.map(({ subject, explanation, crowding }) => {
    const release = crowding === undefined ? undefined : holders.releaseFor(crowding, state.judgement);
    const remedies = [...explanation.remedies, ...(release === undefined ? [] : [release])];
    return { subject, explanation: { ...explanation, remedies } };
  });
}

function judgeSubject(
  subject: Subject,
  state: ClusterState,
): { readonly explanation: Explanation; readonly crowding?: Crowding } {
  const { pod, claims } = subject;
  const allPools = [...state.pools.values()].flat();
  const existing = claims.flatMap((entry) => "claim" in entry ? [entry.claim] : []);
  const holdings = existing.flatMap((claim) => holdingsOf(claim, allPools));
  const waiting = claims.filter((entry) => "spec" in entry || entry.claim.allocation === undefined)
    .map((entry) => ({ name: entry.name, spec: "spec" in entry ? entry.spec : entry.claim.spec }));
  const found = [
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
  const blocked = found.some(({ blocks }) => blocks);
  const findings = blocked ? found : [...found, ...reportFindings(pod, existing)];
  const nothing = { judgedNodes: 0, fits: { count: 0, first: [] }, reasons: [], remedies: [] };
  if (waiting.length === 0) {
    return { explanation: { verdict: blocked ? "blocked" : "holds", findings, holdings, ...nothing } };
  }
  const [held] = holdings;
  const wanted: Wanted = {
    claims: waiting,
    pod: pod ?? anywhere,
    ...(held === undefined ? {} : { pinned: { node: held.node, claim: held.claim } }),
  };
  const { crowded, ...judged } = judge(wanted, state, blocked);
  const refused = judged.verdict === "fits"
    ? termsFindings(waiting, judged.fits.first, state.judgement.classes)
    : [];
  const further = judged.verdict === "fits" && refused.length === 0 && pod !== undefined
    ? schedulerFindings(pod)
    : refused;
  const verdict = further.some(({ blocks }) => blocks) ? "blocked" : judged.verdict;
  return {
    explanation: { holdings, ...judged, findings: [...findings, ...further], verdict },
    ...(crowded.length === 0 ? {} : { crowding: { wanted, nodes: crowded } }),
  };
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
  const help: Help = count > 0 ? { remedies: [], crowded: [] } : helpFor(wanted, candidates, state.judgement);
  return {
    verdict,
    judgedNodes: verdicts.length,
    fits: { count, first },
    reasons: groupReasons(verdicts),
    ...help,
  };
}
