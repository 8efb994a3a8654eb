import { Option } from "commander";
import { layOut, wrap } from "./table_layout.ts";
import { errWidth, outHasColors, outWidth, writeOut } from "./terminal.ts";
import { osReason } from "../../adapters/shared/files/os_reason.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** How a command prints its result. */
export type OutputFormat = "table" | "json" | "yaml";

const formats: readonly OutputFormat[] = ["table", "json", "yaml"];

/** `-o`, with further formats of a command if given. */
export function outputOption(...further: readonly string[]): Option {
  return new Option("-o, --output <format>", "how it is printed").choices([...formats, ...further])
    .default("table");
}

/**
 * Prints a value for programs, or for people as the given table, which is painted where there may be colors and once it
 * fits: colors take no room. Throws {@link OperatorError}.
 */
export async function print(
  format: OutputFormat,
  value: unknown,
  table: () => string,
  painted?: (table: string) => string,
): Promise<void> {
  printLine(await textOf(format, value, table, painted));
}

/** The text that {@link print} prints. */
export async function textOf(
  format: OutputFormat,
  value: unknown,
  table: () => string,
  painted: (table: string) => string = withBoldHeads,
): Promise<string> {
  switch (format) {
    case "table": {
      const text = fittedOut(table());
      return outHasColors() ? painted(text) : text;
    }
    case "json":
      return JSON.stringify(value, undefined, 2);
    case "yaml":
      return await yamlOf(value);
  }
}

/** What writes YAML is large, and the driver needs none of it: it is loaded when it is wanted. */
export async function yamlOf(value: unknown): Promise<string> {
  return (await import("./yaml_text.ts")).yamlText(value);
}

/** The heads of tables in bold: lines of at least two cells, each in capitals but for a page size or a number. */
export function withBoldHeads(text: string): string {
  const cell = "(?:[0-9]+[KMGT]i )?[A-Z][A-Z./ -]*(?: [0-9]+)?";
  return text.replace(new RegExp(`^ *${cell}(?:  +${cell})+$`, "gm"), (head) => `\x1b[1m${head}\x1b[0m`);
}

/** Prints a text and ends its line, see {@link printText}. */
export function printLine(text: string): void {
  printText(`${text}\n`);
}

/**
 * Prints a text, or bytes, as they are. Returns false when nobody reads it any more. Throws {@link OperatorError} when it
 * cannot be written otherwise.
 */
export function printText(content: string | Uint8Array): boolean {
  try {
    return writeOut(content);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new OperatorError(`Cannot write the output: ${osReason(cause)}`, { cause });
  }
}

/** A text whose lines fit the terminal behind stdout, see {@link fitted}. */
export function fittedOut(text: string): string {
  return fitted(text, outWidth());
}

/** A text whose lines fit the terminal behind stderr, see {@link fitted}. */
export function fittedErr(text: string): string {
  return fitted(text, errWidth());
}

/** Breaks the lines of a text between words, so that none is wider; as they are where there is no terminal. */
export function fitted(text: string, width: number | undefined): string {
  if (width === undefined) return text;
  return text.split("\n").flatMap((line) => wrap(line, width)).join("\n");
}

/**
 * Lays rows out in columns that fit the terminal, less what they are to be indented by; without one they are as wide as
 * their widest cell.
 */
export function columns(rows: readonly (readonly string[])[], indent = 0): string {
  return layOut(rows, (outWidth() ?? Infinity) - indent);
}
