import { TomlDocument } from "@decimalturn/toml-patch";
import type { ConfigTable, ConfigValue } from "../../../core/values/config_table.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** A text is no TOML, or cannot be edited as TOML. The message names the file. */
export class TomlError extends OperatorError {
  override name = "TomlError";
}

/** Some editors begin a file with it. It is no part of the document. */
export const byteOrderMark = "\ufeff";

/** Reads a document that is known by a name. Throws {@link TomlError} with the place of the mistake. */
export function parseToml(text: string, name: string): ConfigTable {
  return reading(name, () => new TomlDocument(withoutMark(text)).toJsObject);
}

/** Reads a document with the places of its parts. Throws {@link TomlError}. */
export function tomlDocument(text: string, name: string): TomlDocument {
  return reading(name, () => new TomlDocument(withoutMark(text)));
}

/** Writes a value as it stands behind the `=`. */
export function renderValue(value: ConfigValue): string {
  if (typeof value === "string") return renderString(value);
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  return `[${value.map(renderString).join(", ")}]`;
}

/** Writes a key, its parts joined by dots and quoted where they have to be. */
export function renderKey(path: readonly string[]): string {
  return path.map((part) => /^[A-Za-z0-9_-]+$/.test(part) ? part : renderString(part)).join(".");
}

/** JSON's strings are TOML's, but for one character (toml.io/en/v1.0.0#string). */
function renderString(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

function withoutMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(byteOrderMark.length) : text;
}

function reading<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new TomlError(`Cannot read ${name} as TOML: ${summaryOf(cause.message)} (mend it)`, { cause });
  }
}

/** The parser's message has the line between the place and the reason; one line of it all is enough. */
function summaryOf(message: string): string {
  const [, line, column] = /\((\d+), (\d+)\)/.exec(message) ?? [];
  const reason = message.trim().split("\n").at(-1) ?? message;
  return line === undefined ? reason : `line ${line}, column ${column}: ${reason}`;
}
