/** What stands between two columns. */
const gap = "  ";

/** No column is made narrower than this for others to fit: shorter pieces would not be read as words. */
const narrowest = 12;

/**
 * Lays rows out in columns as wide as their widest cell. Where that is wider than the given width, the widest columns
 * become narrower and their cells go on in further lines. Words stay whole as long as that lets all columns fit; beyond
 * that, those that are wider than their column are broken behind a hyphen, or lose their middle. Where even that does not
 * help, the table comes in parts, one below the other, each with the first column.
 */
export function layOut(rows: readonly (readonly string[])[], width = Infinity): string {
  const widths = fitting(rows, width);
  return partsOf(widths, width)
    .map((columns) => rows.flatMap((row) => linesOf(row, widths, columns)).join("\n"))
    .join("\n\n");
}

/** Which columns stand beside each other: all if they fit, or else the first one and as many others as do. */
function partsOf(widths: readonly number[], width: number): number[][] {
  const parts: number[][] = [[]];
  for (const column of widths.keys()) {
    const part = parts.at(-1) ?? [];
    if (part.length < 2 || widthOf([...part, column], widths) <= width) part.push(column);
    else parts.push([0, column]);
  }
  return parts;
}

function widthOf(columns: readonly number[], widths: readonly number[]): number {
  return columns.reduce((sum, column) => sum + (widths[column] ?? 0), gap.length * (columns.length - 1));
}

/** The widest of each column, cells or what else is measured of them. */
function widest(rows: readonly (readonly string[])[], measure: (cell: string) => number): number[] {
  return rows.reduce<number[]>(
    (widest, row) => row.map((cell, index) => Math.max(measure(cell), widest[index] ?? 0)),
    [],
  );
}

/** Widths that fit beside each other: with every word whole if that can be, or else as narrow as columns may be. */
function fitting(rows: readonly (readonly string[])[], width: number): number[] {
  const whole = widest(rows, ({ length }) => length);
  const words = widest(rows, (cell) => Math.max(...piecesOf(cell).map(({ length }) => length)));
  const fitted = narrowed(whole, words.map((word) => Math.max(word, narrowest)), width);
  return narrowed(fitted, words.map(() => narrowest), width);
}

/** Takes from the widest columns first, down to what is least, until all fit beside each other. */
function narrowed(widths: readonly number[], least: readonly number[], width: number): number[] {
  const fitted = [...widths];
  for (let excess = widthOf([...fitted.keys()], fitted) - width; excess > 0; excess--) {
    const spare = fitted.map((own, index) => own > (least[index] ?? 0) ? own : 0);
    const chosen = spare.indexOf(Math.max(...spare));
    if (!spare[chosen]) break;
    fitted[chosen] = spare[chosen] - 1;
  }
  return fitted;
}

function linesOf(
  row: readonly string[],
  widths: readonly number[],
  columns: readonly number[],
): string[] {
  const cells = columns.map((column) => {
    const width = widths[column] ?? 0;
    const lines = wrap(row[column] ?? "", width).flatMap((line) => brokenName(line, width));
    return { width, lines: lines.map((line) => withoutMiddle(line, width)) };
  });
  const height = Math.max(...cells.map(({ lines }) => lines.length));
  return Array.from(
    { length: height },
    (_, line) => cells.map(({ lines, width }) => (lines[line] ?? "").padEnd(width)).join(gap).trimEnd(),
  );
}

/**
 * Breaks a text into lines: before a blank, and behind a comma where what is between blanks is wider than a line. A
 * word that is wider still, as a path can be, stays whole: whoever copies it needs all of it. What the text is indented
 * by, as in a tree, is before every line.
 */
export function wrap(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const indent = /^ */.exec(text.slice(0, width >> 1))?.[0] ?? "", room = width - indent.length;
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(/ +/)) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (joined.length <= room) {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    line = "";
    for (const piece of word.length <= room ? [word] : piecesOf(word)) {
      if (line !== "" && line.length + piece.length > room) {
        lines.push(line);
        line = "";
      }
      line += piece;
    }
  }
  return [...lines, line].map((line) => `${indent}${line}`);
}

/** What a line is never broken within: what stands between blanks, each part of a list in it with its comma. */
function piecesOf(text: string): string[] {
  return text.split(/ +|(?<=,)/);
}

/**
 * A name that is too wide goes on in the next line behind a hyphen: without its middle hugepages-1g-numa0 would look like
 * hugepages-2m-numa0. A path tells more by its ends.
 */
function brokenName(line: string, width: number): string[] {
  if (line.length <= width || line.includes("/")) return [line];
  const lines: string[] = [];
  for (const piece of line.split(/(?<=-)/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + piece.length <= width) lines[lines.length - 1] = last + piece;
    else lines.push(piece);
  }
  return lines;
}

const ellipsis = "…";

/** A line that is too wide without its middle: the ends of names and paths tell more. */
function withoutMiddle(line: string, width: number): string {
  if (line.length <= width) return line;
  const kept = width - ellipsis.length, tail = kept >> 1;
  return `${line.slice(0, kept - tail)}${ellipsis}${line.slice(line.length - tail)}`;
}
