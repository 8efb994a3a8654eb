import { setTimeout as sleep } from "node:timers/promises";
import { Option } from "commander";
import { printText } from "./output.ts";
import { isBroken } from "../../adapters/operations/host/libc.ts";
import { seconds } from "../options/seconds.ts";

/** What stands before a text that takes the place of the former one: the cursor goes home, what is below is cleared. */
const redraw = "\x1b[H\x1b[2J\x1b[3J";

/** What `--watch` says: the seconds between two looks, or nothing of them. */
export type WatchChoice = number | true;

const usualSeconds = 2;
const stdoutDescriptor = 1;

/** `--watch`, see {@link WatchChoice}. */
export function watchOption(): Option {
  return new Option(
    "--watch [seconds]",
    `looks again and again, every ${usualSeconds} seconds or as often as given, and shows what changed; ends with Ctrl-C`,
  ).argParser(seconds);
}

/**
 * Shows how something looks on stdout, as {@link watch} does, until SIGINT or SIGTERM: in place on a terminal, or else
 * one below the other, tables with the time of day and documents of YAML with `---` between.
 */
export async function watchOnStdout(
  look: () => Promise<string>,
  choice: WatchChoice,
  format: string,
): Promise<void> {
  await untilInterrupted((signal) =>
    watch({
      look,
      show: printText,
      isRead: () => !isBroken(stdoutDescriptor),
      inPlace: Deno.stdout.isTerminal(),
      separator: format === "yaml" ? "---" : "",
      caption: format === "table" ? () => `As of ${new Date().toTimeString().slice(0, 8)}` : undefined,
      intervalMilliseconds: (choice === true ? usualSeconds : choice) * 1000,
      signal,
    })
  );
}

/** How something is watched. */
export interface Watch {
  /** How it looks now. */
  readonly look: () => Promise<string>;
  /** Shows a text. Returns false when nobody looks any more. */
  readonly show: (text: string) => boolean;
  /** Whether somebody looks still: asked when there is nothing new to show, which would tell. */
  readonly isRead: () => boolean;
  /** Whether a text takes the place of the former one, as on a terminal, or follows it. */
  readonly inPlace: boolean;
  /** What stands on a line of its own between texts that follow each other. */
  readonly separator: string;
  /** What stands above each text, made when it is shown: tables for people tell the time. */
  readonly caption: (() => string) | undefined;
  readonly intervalMilliseconds: number;
  readonly signal: AbortSignal;
}

/** Shows something at once and whenever it looks different, until the signal or until nobody looks any more. */
export async function watch(
  { look, show, isRead, inPlace, separator, caption, intervalMilliseconds, signal }: Watch,
): Promise<void> {
  let shown: string | undefined;
  while (!signal.aborted) {
    const text = await look();
    if (text !== shown) {
      const before = inPlace ? redraw : shown === undefined ? "" : `${separator}\n`;
      const above = caption === undefined ? "" : `${caption()}\n`;
      if (!show(`${before}${above}${text}\n`)) return;
      shown = text;
    } else if (!isRead()) return;
    if (!await isOver(intervalMilliseconds, signal)) return;
  }
}

/** Runs a job until it ends, with a signal that SIGINT and SIGTERM give. */
async function untilInterrupted(job: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, interrupt);
  try {
    await job(interruption.signal);
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, interrupt);
  }
}

/** Resolves to true when the time is over, and at once to false on the signal. */
async function isOver(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(milliseconds, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
