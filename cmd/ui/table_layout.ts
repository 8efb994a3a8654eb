/** What stands between two columns. */
const gap = "  ";

/** No column is made narrower than this for others to fit: shorter pieces would not be read as words. */
const narrowest = 12;

/**
 * Lays rows out in columns as wide as their widest cell. Where that is wider than the given width, the widest columns
 * become narrower and their cells go on in further lines; where that does not help, the table comes in parts, one
 * below the other, each with the first column. Nothing is lost.
 */
export function layOut(rows: readonly (readonly string[])[], width = Infinity): string {
  const widths = fitting(widestCells(rows), width);
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

function widestCells(rows: readonly (readonly string[])[]): number[] {
  return rows.reduce<number[]>(
    (widest, row) => row.map((cell, index) => Math.max(cell.length, widest[index] ?? 0)),
    [],
  );
}

/** Takes from the widest columns first, until all fit beside each other or none is left to take from. */
function fitting(widths: readonly number[], width: number): number[] {
  const fitted = [...widths];
  let excess = widthOf([...fitted.keys()], fitted) - width;
  while (excess > 0) {
    const widest = Math.max(...fitted);
    const next = Math.max(narrowest, ...fitted.filter((other) => other < widest));
    if (widest <= narrowest) break;
    const chosen = fitted.flatMap((other, index) => other === widest ? [index] : []);
    const step = Math.min(widest - next, Math.max(1, Math.floor(excess / chosen.length)));
    for (const index of chosen.slice(0, excess)) {
      fitted[index] = widest - step;
      excess -= step;
    }
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
    return { width, lines: wrap(row[column] ?? "", width) };
  });
  const height = Math.max(...cells.map(({ lines }) => lines.length));
  return Array.from(
    { length: height },
    (_, line) => cells.map(({ lines, width }) => (lines[line] ?? "").padEnd(width)).join(gap).trimEnd(),
  );
}

/**
 * Breaks a text into lines: before a blank, and only a word that is wider than a line behind a comma or a slash, or else
 * where the line ends. What it is indented by, as in a tree, is before every line.
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
    const pieces = piecesOf(word, room);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? "";
  }
  return [...lines, line].map((line) => `${indent}${line}`);
}

/** Breaks a word that is wider than a line: behind a comma or a slash, or else behind what joins the parts of names. */
function piecesOf(word: string, width: number): string[] {
  const places = ["[,/]", "[_.:=-]"].map((joint) => new RegExp(`^.{0,${width - 1}}${joint}`, "s"));
  const pieces: string[] = [];
  let rest = word;
  while (rest.length > width) {
    const [[piece] = [rest.slice(0, width)]] = places.flatMap((place) => {
      const found = place.exec(rest);
      return found === null ? [] : [found];
    });
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...pieces, rest];
}
