import { stringify } from "yaml";
import { UsageError } from "./fail.ts";

/** How a command prints its result. */
export type OutputFormat = "table" | "json" | "yaml";

const formats: readonly string[] = ["table", "json", "yaml"] satisfies OutputFormat[];

/** Reads the value of `-o`. Throws {@link UsageError}. */
export function parseOutputFormat(text: string): OutputFormat {
  if (isOutputFormat(text)) return text;
  throw new UsageError(`Cannot print as ${JSON.stringify(text)} (one of ${formats.join(", ")})`);
}

/** Prints a value for programs, or for people as the given text. */
export function print(format: OutputFormat, value: unknown, table: () => string): void {
  switch (format) {
    case "table":
      return console.log(table());
    case "json":
      return console.log(JSON.stringify(value, undefined, 2));
    case "yaml":
      return console.log(stringify(value).trimEnd());
  }
}

/** Lays rows out in columns as wide as their widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, index) => Math.max(cell.length, widest[index] ?? 0)),
    [],
  );
  return rows.map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ").trimEnd())
    .join("\n");
}

function isOutputFormat(text: string): text is OutputFormat {
  return formats.includes(text);
}
