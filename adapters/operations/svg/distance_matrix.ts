import type { NumaNode } from "../../../core/topology/topology.ts";
import { type Block, element, label, rectangle, type Svg, textNode } from "./element.ts";

const cell = { width: 40, height: 24 };
const head = 56;

/** Draws how far each node is from each other one, as the kernel says it: the farther, the darker. */
export function drawDistances(nodes: readonly NumaNode[]): Block {
  const known = nodes.flatMap(({ distances }) => [...distances.values()]);
  const nearest = Math.min(...known), farthest = Math.max(...known);
  const top = 30;
  const pieces: Svg[] = [
    label("Distances between NUMA nodes", 0, 14, { class: "title" }),
    label("to", head - 8, top + 16, { class: "note", "text-anchor": "end" }),
    ...nodes.map(({ id }, column) => label(`${id}`, centre(column), top + 16, middle)),
  ];
  for (const [row, from] of nodes.entries()) {
    const y = top + cell.height * (row + 1);
    pieces.push(label(`from ${from.id}`, head - 8, y + 16, { class: "note", "text-anchor": "end" }));
    for (const [column, to] of nodes.entries()) {
      const distance = from.distances.get(to.id);
      const area = { x: head + column * cell.width, y, ...cell };
      pieces.push(
        rectangle("outline", area),
        element(
          "g",
          { opacity: distance === undefined ? 0 : shade(distance, nearest, farthest) },
          element("title", {}, textNode(`from node ${from.id} to node ${to.id}: ${distance ?? "not known"}`)),
          rectangle("far", area),
        ),
        label(distance === undefined ? "?" : `${distance}`, centre(column), y + 16, middle),
      );
    }
  }
  return {
    svg: pieces.join("\n") as Svg,
    width: Math.max(head + nodes.length * cell.width, 290),
    height: top + cell.height * (nodes.length + 1),
  };
}

const middle = { "text-anchor": "middle" };

function centre(column: number): number {
  return head + (column + 0.5) * cell.width;
}

/** Pale enough for the number to stay readable on it. */
function shade(distance: number, nearest: number, farthest: number): number {
  return farthest === nearest ? 0 : 0.4 * (distance - nearest) / (farthest - nearest);
}
