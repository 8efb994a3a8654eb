import type { NumaNodeId } from "../../../core/values/ids.ts";
import { excerpt } from "../../shared/kernel_files/content.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/**
 * Reads `nodeN/distance`: one column for each online node in ascending order, whatever their ids
 * (`node_read_distance` of drivers/base/node.c). Throws {@link ParseError}.
 */
export function parseDistances(text: string, online: readonly NumaNodeId[]): Map<NumaNodeId, number> {
  const columns = text.trim().split(/ +/);
  if (columns.length !== online.length) {
    throw new ParseError(`expected ${online.length} distances, found ${excerpt(text)}`);
  }
  return new Map(online.map((id, index) => [id, parseDistance(columns[index] ?? "")]));
}

function parseDistance(column: string): number {
  if (!/^\d{1,5}$/.test(column)) throw new ParseError(`expected a distance, found ${excerpt(column)}`);
  return Number(column);
}
