import { endOfLine, indentationAt, newlineOf } from "./_lines.ts";
import { type Entry, type Section, startsWith } from "./toml_places.ts";
import { renderKey } from "./toml_text.ts";

/** Adds a key that is not there, whose value is rendered already, where a person would look for it. */
export function insertEntry(
  text: string,
  sections: readonly Section[],
  path: readonly string[],
  value: string,
): string {
  const table = path.slice(0, -1);
  const line = (prefix: readonly string[]) => `${renderKey(path.slice(prefix.length))} = ${value}`;
  const home = sections.find((section) =>
    section.path.length === table.length && startsWith(table, section.path)
  );
  if (home !== undefined) return insertUnder(text, home, home.entries.at(-1), line(home.path));
  const dotted = dottedNeighbor(sections, table);
  if (dotted !== undefined) return insertUnder(text, dotted.section, dotted.entry, line(dotted.section.path));
  return insertTable(text, sections, table, line(table));
}

/** A table that dotted keys make up takes only more of these; a header for it would be refused. */
function dottedNeighbor(
  sections: readonly Section[],
  table: readonly string[],
): { section: Section; entry: Entry } | undefined {
  const shared = (entry: Entry) => table.findIndex((part, index) => entry.path[index] !== part);
  const neighbors = sections.flatMap((section) =>
    section.entries
      .filter((entry) => {
        const common = shared(entry) < 0 ? table.length : shared(entry);
        return startsWith(table, section.path) && common > section.path.length && common < entry.path.length;
      })
      .map((entry) => ({ section, entry }))
  );
  return neighbors.at(-1);
}

/** Adds a line behind an entry, or where there is none under the header, or above the first one. */
function insertUnder(text: string, section: Section, entry: Entry | undefined, line: string): string {
  const newline = newlineOf(text);
  if (entry !== undefined) {
    return insertAt(text, endOfLine(text, entry.end), `${newline}${indentationAt(text, entry.start)}${line}`);
  }
  if (section.header === undefined) {
    const onlyComments = !/^[ \t]*[^#\s]/m.test(text);
    return onlyComments ? append(text, line) : `${line}${newline}${newline}${text}`;
  }
  const indentation = `${indentationAt(text, section.header.start)}  `;
  return insertAt(text, endOfLine(text, section.header.end), `${newline}${indentation}${line}`);
}

/** Adds a table behind the last of those that share most of its path, or at the end; indented like its siblings. */
function insertTable(
  text: string,
  sections: readonly Section[],
  table: readonly string[],
  line: string,
): string {
  const newline = newlineOf(text);
  const nearest = nearestSection(sections, table);
  const sibling = sections.findLast(({ path, header }) =>
    header !== undefined && path.length === table.length
  );
  const indentation = sibling?.header === undefined ? "" : indentationAt(text, sibling.header.start);
  const lines = [`${indentation}[${renderKey(table)}]`, `${indentation}  ${line}`].join(newline);
  if (nearest?.header === undefined) return append(text, lines);
  const end = nearest.entries.at(-1)?.end ?? nearest.header.end;
  const place = endOfLine(text, end);
  const followed = /^\r?\n[ \t]*\S/.test(text.slice(place));
  return insertAt(text, place, `${newline}${newline}${lines}${followed ? newline : ""}`);
}

function nearestSection(sections: readonly Section[], table: readonly string[]): Section | undefined {
  for (let length = table.length; length > 0; length--) {
    const found = sections.findLast(({ path }) => startsWith(path, table.slice(0, length)));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Adds lines at the end, with an empty one before them. */
function append(text: string, lines: string): string {
  const newline = newlineOf(text);
  const gap = text === "" ? "" : text.endsWith("\n") ? newline : newline + newline;
  return `${text}${gap}${lines}${newline}`;
}

function insertAt(text: string, offset: number, addition: string): string {
  return text.slice(0, offset) + addition + text.slice(offset);
}
