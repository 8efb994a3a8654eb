import { endOfLine, indentationAt, newlineOf } from "./_lines.ts";
import type { Span } from "./toml_places.ts";

/**
 * Adds items to a list: behind the last one where the list ends on its line, otherwise each on a line of its own like
 * that one, so that the comments beside the others stay beside them.
 */
export function appendItems(
  text: string,
  list: Span,
  items: readonly Span[],
  additions: readonly string[],
): string {
  const last = items.at(-1);
  if (last === undefined) {
    const inside = list.start + 1;
    return text.slice(0, inside) + additions.join(", ") + text.slice(inside);
  }
  const comma = /^\s*,/.exec(text.slice(last.end))?.[0] ?? "";
  const closed = last.end + comma.length;
  const lineEnd = endOfLine(text, closed);
  if (lineEnd >= list.end) {
    return `${text.slice(0, last.end)}, ${additions.join(", ")}${text.slice(last.end)}`;
  }
  const indentation = indentationAt(text, last.start);
  const lines = additions.map((item) => `${newlineOf(text)}${indentation}${item}`).join(",");
  const head = comma === ""
    ? `${text.slice(0, last.end)},${text.slice(last.end, lineEnd)}`
    : text.slice(0, lineEnd);
  return `${head}${lines}${comma === "" ? "" : ","}${text.slice(lineEnd)}`;
}
