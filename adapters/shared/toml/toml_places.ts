import type { TomlDocument } from "@decimalturn/toml-patch";
import { tomlDocument } from "./toml_text.ts";

/** A part of a text, from an offset to another. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A key and its value. */
export interface Entry extends Span {
  /** From the root of the document. */
  readonly path: readonly string[];
  readonly value: Span;
  /** The items, where the value is a list. */
  readonly items: readonly Span[] | undefined;
  /** The entries, where the value is a table in braces. */
  readonly inline: readonly Entry[] | undefined;
}

/** A `[header]` and what is under it, or what stands above the first one. */
export interface Section {
  readonly path: readonly string[];
  readonly header: Span | undefined;
  readonly entries: readonly Entry[];
}

type Block = TomlDocument["cst"][number];
type Table = Extract<Block, { items: unknown }>;
type KeyValue = Extract<Block, { equals: unknown }>;
type Node = KeyValue["value"];

/**
 * Finds where everything stands. What is under a `[[header]]` is left out: it has no path of its own. A byte order
 * mark must not be in the text. Throws TomlError, in which the document has the name.
 */
export function tomlPlaces(text: string, name: string): Section[] {
  const offsets = lineOffsets(text);
  const blocks = [...tomlDocument(text, name).cst];
  const repeated = blocks.filter((block) => `${block.type}` === "TableArray").filter(isTable).map(pathOf);
  const tables = blocks.filter(isTable).filter((table) =>
    !repeated.some((outer) => startsWith(pathOf(table), outer))
  );
  return [
    { path: [], header: undefined, entries: blocks.filter(isKeyValue).map((node) => entryOf(node, [])) },
    ...tables.map((table) => ({
      path: pathOf(table),
      header: spanOf(table.key),
      entries: table.items.flatMap((item) => isKeyValue(item) ? [entryOf(item, pathOf(table))] : []),
    })),
  ];

  function entryOf(node: KeyValue, prefix: readonly string[]): Entry {
    const path = [...prefix, ...node.key.value];
    const inner = "items" in node.value ? node.value.items.map(({ item }) => item) : [];
    return {
      path,
      ...spanOf(node),
      value: spanOf(node.value),
      items: `${node.value.type}` === "InlineArray" ? inner.map(spanOf) : undefined,
      inline: `${node.value.type}` === "InlineTable"
        ? inner.flatMap((item) => isKeyValue(item) ? [entryOf(item, path)] : [])
        : undefined,
    };
  }

  function spanOf({ loc: { start, end } }: Pick<Node, "loc">): Span {
    return { start: offsetOf(start), end: offsetOf(end) };
  }

  /** Lines count from 1, columns from 0. */
  function offsetOf({ line, column }: Node["loc"]["start"]): number {
    return (offsets[line - 1] ?? text.length) + column;
  }
}

/** Whether a path begins with another one or is it. */
export function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((part, index) => path[index] === part);
}

function lineOffsets(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

function pathOf(table: Table): string[] {
  return table.key.item.value;
}

function isTable(block: Block): block is Table {
  return "items" in block;
}

function isKeyValue(node: object): node is KeyValue {
  return "equals" in node;
}
