import type { ClusterView, NodeView } from "../../../core/operations/cluster/cluster_view.ts";
import { humanBytes } from "../../../core/values/human_bytes.ts";
import { drawBar } from "./bar.ts";
import { at, type Block, element, label, rectangle, type Svg, textNode } from "./element.ts";
import { styleSheet } from "./style.ts";

const margin = 24;
const gap = 20;
const columns = 4;
const boxWidth = 300;
const inner = boxWidth - 2 * 12;

/** Draws a cluster as an SVG document: for each node a bar for each device, claimed and free, bars of one resource to scale. */
export function drawCluster(view: ClusterView): string {
  const largest = new Map<string, bigint>();
  for (const { resource, capacity } of view.nodes.flatMap(({ devices }) => devices)) {
    if (capacity > (largest.get(resource) ?? 0n)) largest.set(resource, capacity);
  }
  const pieces: Svg[] = [];
  const heights = new Array<number>(columns).fill(84);
  for (const node of view.nodes) {
    const column = heights.indexOf(Math.min(...heights));
    const box = drawNode(node, largest);
    const y = heights[column] ?? 0;
    pieces.push(
      at(margin + column * (boxWidth + gap), y, rectangle("node", { x: 0, y: 0, ...box }), box.svg),
    );
    heights[column] = y + box.height + gap;
  }
  const width = 2 * margin + Math.min(columns, Math.max(view.nodes.length, 1)) * (boxWidth + gap) - gap;
  const height = Math.max(...heights) + margin;
  const summary = view.sums.map(({ resource, free, capacity }) =>
    `${resource}: ${humanBytes(Number(free))} of ${humanBytes(Number(capacity))} free`
  ).join(" · ");
  return element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}`, role: "img" },
    element("title", {}, textNode("Memory and hugepages of the cluster")),
    element("desc", {}, textNode(summary)),
    styleSheet(),
    rectangle("ground", { x: 0, y: 0, width, height }),
    label("Memory and hugepages of the cluster", margin, 40, { class: "heading" }),
    label(summary, margin, 64, { class: "note" }),
    ...pieces,
  );
}

function drawNode({ name, devices }: NodeView, largest: ReadonlyMap<string, bigint>): Block {
  const pieces: Svg[] = [label(name, 12, 24, { class: "title" })];
  let y = 36;
  for (const { name, resource, capacity, claimed, free, claims } of devices) {
    const bar = drawBar(
      {
        name,
        amount: `${humanBytes(Number(free))} of ${humanBytes(Number(capacity))} free`,
        bytes: capacity,
        rows: [[
          { kind: "claimed", bytes: claimed, hint: `${humanBytes(Number(claimed))} in ${claims} claims` },
          { kind: "free", bytes: free, hint: `${humanBytes(Number(free))} free` },
        ]],
        notes: [],
      },
      largest.get(resource) ?? 0n,
      inner,
    );
    pieces.push(at(12, y, bar.svg));
    y += bar.height + 4;
  }
  return { svg: pieces.join("\n") as Svg, width: boxWidth, height: y + 8 };
}
