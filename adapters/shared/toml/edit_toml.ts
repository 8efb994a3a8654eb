import { equal } from "../../../core/values/equal.ts";
import {
  type ConfigChange,
  type ConfigValue,
  stringsOf,
  valueAt,
  withChanges,
} from "../../../core/values/config_table.ts";
import { appendItems } from "./_append_items.ts";
import { insertEntry } from "./_insert_entry.ts";
import { type Entry, type Section, startsWith, tomlPlaces } from "./toml_places.ts";
import { byteOrderMark, parseToml, renderKey, renderValue, TomlError } from "./toml_text.ts";

/**
 * Sets keys in a TOML document and leaves everything else as it stands, to the last blank: comments, order, unknown
 * keys, line ends. A list that only grows gets its new items behind the others. A new key goes behind the last one of
 * its table, a new table behind the tables nearest to it.
 *
 * Throws {@link TomlError} when the text is no TOML, or when reading it again does not show exactly these changes.
 */
export function editToml(text: string, changes: readonly ConfigChange[], name: string): string {
  const wanted = withChanges(parseToml(text, name), changes);
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark : "";
  try {
    const edited = mark + changes.reduce(
      (current, { path, value }) => setKey(current, path, value, name),
      text.slice(mark.length),
    );
    if (equal(parseToml(edited, name), wanted)) return edited;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
  }
  const keys = changes.map(({ path }) => renderKey(path)).join(", ");
  throw new TomlError(`Cannot edit ${name}: its form is too unusual (set ${keys} by hand)`);
}

function setKey(text: string, path: readonly string[], value: ConfigValue, name: string): string {
  const sections = tomlPlaces(text, name);
  const entry = nearestEntry(sections, path);
  if (entry === undefined) return insertEntry(text, sections, path, renderValue(value));
  if (entry.path.length < path.length) return addToBraces(text, entry, path, value);
  const old = stringsOf(valueAt(parseToml(text, name), path));
  if (typeof value === "object" && old.length === entry.items?.length && startsWith(value, old)) {
    return appendItems(
      text,
      entry.value,
      entry.items,
      value.slice(old.length).map((item) => renderValue(item)),
    );
  }
  return text.slice(0, entry.value.start) + renderValue(value) + text.slice(entry.value.end);
}

/** The entry at a path, or else the innermost one on the way there that is a table in braces. */
function nearestEntry(sections: readonly Section[], path: readonly string[]): Entry | undefined {
  const candidates = sections.flatMap(({ entries }) => entries)
    .flatMap(function within(entry): Entry[] {
      return [entry, ...(entry.inline ?? []).flatMap(within)];
    })
    .filter((entry) =>
      startsWith(path, entry.path) && (entry.path.length === path.length || entry.inline !== undefined)
    );
  return candidates.toSorted((a, b) => b.path.length - a.path.length)[0];
}

function addToBraces(text: string, entry: Entry, path: readonly string[], value: ConfigValue): string {
  const addition = `${renderKey(path.slice(entry.path.length))} = ${renderValue(value)}`;
  const last = entry.inline?.at(-1);
  if (last !== undefined) return `${text.slice(0, last.end)}, ${addition}${text.slice(last.end)}`;
  return `${text.slice(0, entry.value.start)}{ ${addition} }${text.slice(entry.value.end)}`;
}
