import type { NodeReason, NodeVerdict } from "./placement.ts";
import { nearer } from "./request_reason.ts";

/** The nodes that one reason rules out. */
export interface ReasonGroup {
  /** That of the node that comes nearest. */
  readonly reason: NodeReason;
  readonly nearest: string;
  readonly count: number;
  /** The first few of them. */
  readonly nodes: readonly string[];
}

const namedNodes = 5;

/** Counts the nodes that do not fit by their reasons, the reasons that rule out the most first. */
export function groupReasons(verdicts: Iterable<NodeVerdict>): ReasonGroup[] {
  const groups = new Map<string, { reason: NodeReason; nearest: string; count: number; nodes: string[] }>();
  for (const verdict of verdicts) {
    if (verdict.fits) continue;
    const { node, reason } = verdict;
    const key = keyOf(reason);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { reason, nearest: node, count: 1, nodes: [node] });
      continue;
    }
    group.count++;
    if (group.nodes.length < namedNodes) group.nodes.push(node);
    if (isNearer(reason, group.reason)) Object.assign(group, { reason, nearest: node });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

function isNearer(reason: NodeReason, than: NodeReason): boolean {
  return "request" in reason && "request" in than && nearer(than, reason) === reason;
}

/** What reasons must have in common to be counted together. */
function keyOf(reason: NodeReason): string {
  const what = "request" in reason
    ? `${reason.claim}/${reason.request}`
    : "taint" in reason
    ? reason.taint
    : "label" in reason
    ? reason.label
    : "why" in reason
    ? reason.why
    : "";
  return `${reason.kind} ${what}`;
}
