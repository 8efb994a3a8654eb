import { humanBytes } from "../../../core/values/human_bytes.ts";
import { formatIdList } from "../../../core/values/id_list.ts";
import type { Topology } from "../../../core/topology/topology.ts";
import { drawDistances } from "./distance_matrix.ts";
import { at, type Block, element, label, rectangle, type Svg, textNode } from "./element.ts";
import { drawLegend } from "./legend.ts";
import type { Machine } from "./machine.ts";
import { drawFrame, drawNode, nodeWidth } from "./node_box.ts";
import { styleSheet } from "./style.ts";

const margin = 24;
const gap = 20;
const mostColumns = 8;

/**
 * Draws a machine as an SVG document that stands by itself: a box for each NUMA node, in rows; below them the
 * distances and what the colors mean.
 */
export function drawMachine(machine: Machine): string {
  const { topology } = machine;
  const nodes = inRows(topology.nodes.map((node) => drawNode(machine, node)));
  const below = besideOrBelow(drawDistances(topology.nodes), drawLegend(), nodes.width);
  const width = Math.max(nodes.width, below.width) + 2 * margin;
  const top = 84;
  const height = top + nodes.height + 28 + below.height + margin;
  const summary = summaryOf(topology);
  const heading = ["Memory by NUMA node", ...machine.caption === undefined ? [] : [machine.caption]].join(
    " · ",
  );
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
    },
    element("title", {}, textNode(heading)),
    element("desc", {}, textNode(summary)),
    styleSheet(),
    rectangle("ground", { x: 0, y: 0, width, height }),
    label(heading, margin, 40, { class: "heading" }),
    label(summary, margin, 64, { class: "note" }),
    at(margin, top, nodes.svg),
    at(margin, top + nodes.height + 28, below.svg),
  );
}

/** Boxes in rows that are about as many as there are columns, the boxes of a row equally high. */
function inRows(boxes: readonly Block[]): Block {
  const columns = Math.min(
    mostColumns,
    boxes.length <= 3 ? boxes.length : Math.ceil(Math.sqrt(boxes.length)),
  );
  const pieces: Svg[] = [];
  let y = 0;
  for (let first = 0; first < boxes.length; first += columns) {
    const row = boxes.slice(first, first + columns);
    const height = Math.max(...row.map((box) => box.height));
    for (const [column, { svg }] of row.entries()) {
      pieces.push(at(column * (nodeWidth + gap), y, drawFrame(height), svg));
    }
    y += height + gap;
  }
  return { svg: pieces.join("\n") as Svg, width: columns * (nodeWidth + gap) - gap, height: y - gap };
}

function besideOrBelow(first: Block, second: Block, width: number): Block {
  const beside = first.width + 2 * gap + second.width;
  const [x, y] = beside <= width ? [first.width + 2 * gap, 0] : [0, first.height + 28];
  return {
    svg: `${first.svg}\n${at(x, y, second.svg)}` as Svg,
    width: Math.max(first.width, x + second.width),
    height: Math.max(first.height, y + second.height),
  };
}

function summaryOf({ nodes, pageSize, offlineNodes }: Topology): string {
  const cpus = nodes.reduce((sum, node) => sum + node.cpus.length, 0);
  const memory = nodes.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0n), 0n);
  return [
    counted(nodes.length, "NUMA node"),
    counted(cpus, "CPU"),
    `${humanBytes(Number(memory))} of memory`,
    `base pages of ${humanBytes(Number(pageSize))}`,
    ...offlineNodes.length > 0 ? [`not online: ${formatIdList(offlineNodes)}`] : [],
  ].join(" · ");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
