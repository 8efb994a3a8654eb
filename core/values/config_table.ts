/** A table of a runtime's configuration, parsed. */
export type ConfigTable = Readonly<Record<string, unknown>>;

/** What a key can be set to. */
export type ConfigValue = boolean | number | string | readonly string[];

/** A key, from the root of its file, and what it is to be set to. */
export interface ConfigChange {
  readonly path: readonly string[];
  readonly value: ConfigValue;
}

/** The value at a key, or undefined when it or a table above it is not there. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  return isTable(value) && Object.hasOwn(value, key) ? valueAt(value[key], rest) : undefined;
}

/** The table at a key; an empty one when there is none. */
export function tableAt(value: unknown, path: readonly string[]): ConfigTable {
  const found = valueAt(value, path);
  return isTable(found) ? found : {};
}

/** The table with changes made. A value in the place of a table gives way to it. */
export function withChanges(table: ConfigTable, changes: readonly ConfigChange[]): ConfigTable {
  return changes.reduce((changed, { path, value }) => withValue(changed, path, value), table);
}

/** The strings of a list; other values have none. */
export function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function withValue(table: ConfigTable, [key, ...rest]: readonly string[], value: ConfigValue): ConfigTable {
  if (key === undefined) return table;
  if (rest.length === 0) return { ...table, [key]: value };
  return { ...table, [key]: withValue(tableAt(table, [key]), rest, value) };
}

function isTable(value: unknown): value is ConfigTable {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
