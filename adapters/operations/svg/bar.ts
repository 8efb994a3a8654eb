import { type Block, label, rectangle, type Svg } from "./element.ts";

/** A part of a bar. */
export interface Segment {
  /** The class of its color. */
  readonly kind: string;
  readonly bytes: bigint;
  /** What shows when it is pointed at. */
  readonly hint: string;
}

/** A bar with what it stands for above it. */
export interface Bar {
  readonly name: string;
  /** The amount, at the right end of the line above. */
  readonly amount: string;
  /** What all of it comes to: its length. */
  readonly bytes: bigint;
  /** Rows of equal height within the bar, each with its parts from the left. */
  readonly rows: readonly (readonly Segment[])[];
  /** What is said below it, line by line. */
  readonly notes: readonly string[];
}

const lineHeight = 16;
const rowHeight = 11;

/**
 * Draws a bar as long as its share of the largest one, in a width that is the largest one's. Parts that come to more
 * than the whole end with it. A bar of nothing is no more than its name.
 */
export function drawBar(
  { name, amount, bytes, rows, notes }: Bar,
  largestBytes: bigint,
  width: number,
): Block {
  const scale = largestBytes === 0n ? 0 : width / Number(largestBytes);
  const length = Number(bytes) * scale;
  const heading = [label(name, 0, 12), label(amount, width, 12, { "text-anchor": "end" })];
  if (bytes === 0n && notes.length === 0) return { svg: heading.join("\n") as Svg, width, height: 18 };
  const top = 18, height = bytes === 0n ? 0 : rowHeight * rows.length;
  const area = { x: 0, y: top, width: length, height };
  const pieces: Svg[] = [
    ...heading,
    ...height === 0 ? [] : [
      rectangle("track", area),
      ...rows.flatMap((segments, row) => drawRow(segments, top + row * rowHeight, scale, length)),
      rectangle("outline", area),
    ],
    ...notes.map((note, line) => label(note, 0, top + height + 13 + line * lineHeight, { class: "note" })),
  ];
  return { svg: pieces.join("\n") as Svg, width, height: top + height + notes.length * lineHeight + 6 };
}

function drawRow(segments: readonly Segment[], y: number, scale: number, length: number): Svg[] {
  let x = 0;
  return segments.filter(({ bytes }) => bytes > 0n).map(({ kind, bytes, hint }) => {
    const width = Math.min(Number(bytes) * scale, length - x);
    const piece = rectangle(kind, { x, y, width, height: rowHeight }, hint);
    x += width;
    return piece;
  });
}
