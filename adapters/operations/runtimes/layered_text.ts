import type { ConfigLayer } from "../../../core/operations/runtimes/configuration.ts";
import { valueAt } from "../../../core/values/config_table.ts";

/** The text at a key of a runtime's configuration, of which the last file that has one counts; undefined where none has. */
export function textIn(layers: readonly ConfigLayer[], path: readonly string[]): string | undefined {
  return layers.map(({ table }) => valueAt(table, path))
    .findLast((value): value is string => typeof value === "string" && value !== "");
}
