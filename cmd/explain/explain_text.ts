import { formatHolding } from "../../core/operations/explain/holdings.ts";
import type { Explained, Explanation } from "../../core/operations/explain/explain.ts";
import { type ClusterPod, isHeldUp } from "../../core/operations/cluster/pod.ts";
import type { Placement } from "../../core/operations/explain/judgement.ts";
import { formatGroup } from "../../core/operations/explain/reason_words.ts";
import { formatRemedy } from "../../core/operations/explain/remedy.ts";
import { sizeCapacity } from "../../core/devices/slice_device.ts";
import { shortQuantity } from "../../core/values/human_bytes.ts";

/** What `explain` prints for people. */
export function explainedText({ subject: { title, pod }, explanation }: Explained): string {
  const { verdict, findings, holdings, fits, reasons, remedies, judgedNodes } = explanation;
  const lines = [`${title}: ${headline(explanation, pod)}`];
  const blocking = findings.filter(({ blocks }) => blocks), notes = findings.filter(({ blocks }) => !blocks);
  const section = (heading: string, items: readonly string[]) => {
    if (items.length > 0) lines.push("", heading, ...items.map((item) => `  - ${item}`));
  };
  const sentences = (list: typeof findings) =>
    list.map(({ text, remedy }) => remedy === undefined ? text : `${text} ${remedy}`);
  section("What keeps it:", sentences(blocking));
  section("It holds:", holdings.map(formatHolding));
  if (judgedNodes > 0 && (fits.count === 0 || verdict !== "blocked")) {
    const nodes = judgedNodes === 1 ? "1 node" : `${judgedNodes} nodes`;
    const fitting = fits.count === judgedNodes ? nodes : `${fits.count} of ${nodes}`;
    section(
      fits.count > 0 ? `It fits on ${fitting}:` : `Of ${nodes} none fits:`,
      [
        ...fits.first.map(({ node, placements }) => `${node}: ${placements.map(placementText).join(", ")}`),
        ...(fits.count > fits.first.length ? [`and ${fits.count - fits.first.length} more`] : []),
        ...reasons.map(formatGroup),
      ],
    );
  }
  section("What would make it fit:", remedies.map(formatRemedy));
  section("To know:", sentences(notes));
  return lines.join("\n");
}

function headline({ verdict, findings }: Explanation, pod: ClusterPod | undefined): string {
  switch (verdict) {
    case "holds":
      if (findings.some(({ code }) => code === "no-claims" || code === "pod-ended")) {
        return "nothing to judge";
      }
      if (pod?.nodeName === undefined) return "allocated";
      return `on ${pod.nodeName}, it has what it asked for${isHeldUp(pod) ? " and does not run" : ""}`;
    case "fits":
      return "it fits";
    case "does-not-fit":
      return "no node fits";
    case "blocked":
      return "it cannot run as it is";
    case "not-judged":
      return "it cannot be told whether it fits";
  }
}

function placementText({ request, subrequest, device, amounts }: Placement): string {
  const size = amounts.get(sizeCapacity);
  const name = subrequest === undefined ? request : `${request}/${subrequest}`;
  return `${name} ${size === undefined ? "" : `${shortQuantity(size)} of `}${device.name}`;
}

/** What `explain -o json` prints; sizes are bytes. */
export function printedExplanation({ subject: { title }, explanation }: Explained) {
  const { verdict, findings, holdings, judgedNodes, fits, reasons, remedies } = explanation;
  return {
    subject: title,
    verdict,
    findings: findings.map(({ remedy, ...finding }) => ({ ...finding, remedy: remedy ?? null })),
    holds: holdings.map(({ bytes, ...holding }) => ({
      ...holding,
      bytes: bytes === undefined ? null : Number(bytes),
    })),
    judgedNodes,
    fits: {
      count: fits.count,
      nodes: fits.first.map(({ node, placements }) => ({
        node,
        devices: placements.map(({ request, subrequest, device, amounts }) => ({
          request: subrequest === undefined ? request : `${request}/${subrequest}`,
          device: device.name,
          bytes: Number(amounts.get(sizeCapacity) ?? 0n),
        })),
      })),
    },
    reasons: reasons.map((group) => ({
      kind: group.reason.kind,
      count: group.count,
      nearest: group.nearest,
      nodes: group.nodes,
      text: formatGroup(group),
    })),
    remedies: remedies.map((remedy) => ({
      kind: remedy.kind,
      node: remedy.node,
      text: formatRemedy(remedy),
    })),
  };
}
