import { configure, getLogger, jsonLinesFormatter, type LogLevel, type LogRecord } from "@logtape/logtape";
import type { LogRing } from "./log_ring.ts";

/** How log lines are written. */
export type LogFormat = "text" | "json";

/** The driver's logger; lines go nowhere until {@link configureLogging} was called. */
export const log = getLogger(["dramemory"]);

/**
 * Sends log lines to stderr: warnings and what happens to claims at verbosity 0 to 3, every container at 4 and
 * above (the convention of the Kubernetes components). The ring, if any, keeps the last of them.
 */
export async function configureLogging(format: LogFormat, verbosity: number, ring?: LogRing): Promise<void> {
  const formatter = format === "json" ? jsonLinesFormatter : formatText;
  const lowestLevel: LogLevel = verbosity >= 4 ? "debug" : "info";
  await configure({
    reset: true,
    sinks: {
      stderr: (record) => {
        const line = formatter(record);
        ring?.add(line);
        writeAll(line);
      },
    },
    loggers: [
      { category: ["dramemory"], lowestLevel, sinks: ["stderr"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["stderr"] },
    ],
  });
}

/** `2026-01-31T12:00:00.000Z INFO claim prepared claim=team/claim uid=… pod=team/pod` */
export function formatText({ timestamp, level, message, properties }: LogRecord): string {
  const fields = Object.entries(properties).map(([key, value]) => ` ${key}=${formatValue(value)}`);
  return `${new Date(timestamp).toISOString()} ${level.toUpperCase()} ${message.join("")}${
    fields.join("")
  }\n`;
}

/** Quotes what would not read as one value, and escapes what could end the line or steer a terminal, as in JSON. */
function formatValue(value: unknown): string {
  const text = String(value);
  if (/^[^\s"=\p{Cc}\p{Cf}\p{Cs}]+$/u.test(text)) return text;
  return JSON.stringify(text).replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) =>
      Array.from(
        { length: character.length },
        (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
      ).join(""),
  );
}

function writeAll(line: string): void {
  const bytes = new TextEncoder().encode(line);
  for (let written = 0; written < bytes.length;) written += Deno.stderr.writeSync(bytes.subarray(written));
}
