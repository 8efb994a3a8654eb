import { type Block, label, rectangle, type Svg } from "./element.ts";

const entries: readonly (readonly [kind: string, meaning: string])[] = [
  ["claimed", "held by prepared claims"],
  ["free", "memory that is left for claims"],
  ["pages", "memory that is in hugepage pools"],
  ["reserved", "memory kept from claims"],
  ["used", "hugepages in use (upper half of their bar)"],
  ["track", "hugepages that are free, or held by no claim (lower half)"],
];

const lineHeight = 22;

/** Draws what the colors stand for. */
export function drawLegend(): Block {
  const pieces = entries.flatMap(([kind, meaning], index) => {
    const y = 30 + index * lineHeight;
    const area = { x: 0, y, width: 24, height: 12 };
    return [rectangle(kind, area), rectangle("outline", area), label(meaning, 34, y + 11)];
  });
  const note = label(
    "Bars of one kind are to scale: the longest is the largest of all nodes.",
    0,
    30 + entries.length * lineHeight + 14,
    { class: "note" },
  );
  return {
    svg: [label("What the colors mean", 0, 14, { class: "title" }), ...pieces, note].join("\n") as Svg,
    width: 440,
    height: 30 + entries.length * lineHeight + 22,
  };
}
