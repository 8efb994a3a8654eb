import { redactData, redactText } from "../../core/operations/gather/redact.ts";
import { messageOf } from "../../core/values/message_of.ts";

/** A file of the archive. */
export interface GatheredFile {
  /** Below the archive's own folder. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** What a part of the archive comes to. */
export interface Gathered {
  readonly files: readonly GatheredFile[];
  /** What of it could not be had, one line each. */
  readonly problems?: readonly string[];
}

/** A part of the archive: it can fail without the others. */
export interface Part {
  readonly name: string;
  readonly gather: () => Promise<Gathered>;
}

/** A value as JSON, without secrets. */
export function jsonFile(path: string, value: unknown): GatheredFile {
  return { path, content: `${JSON.stringify(redactData(value), undefined, 2)}\n` };
}

/** A text without secrets. */
export function textFile(path: string, text: string): GatheredFile {
  return { path, content: `${redactText(text)}\n` };
}

/** Far above what any part has, so that one that has grown without bound does not hide the others. */
const maxFileBytes = 8 << 20;

/**
 * Gathers parts one after the other, each for at most so long. What could not be had is a line of `errors.txt`, which
 * is empty when nothing is missing.
 */
export async function gatherParts(parts: readonly Part[], milliseconds: number): Promise<GatheredFile[]> {
  const files: GatheredFile[] = [], problems: string[] = [];
  for (const { name, gather } of parts) {
    try {
      const gathered = await inTime(gather(), milliseconds);
      files.push(...gathered.files.map(bounded));
      problems.push(...(gathered.problems ?? []).map((problem) => `${name}: ${problem}`));
    } catch (error) {
      problems.push(`${name}: ${messageOf(error)}`);
    }
  }
  const lines = problems.map((problem) => `${problem.replaceAll("\n", " ")}\n`);
  return [...files, { path: "errors.txt", content: lines.join("") }];
}

async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`it took longer than ${milliseconds / 1000} seconds`)),
    milliseconds,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function bounded({ path, content }: GatheredFile): GatheredFile {
  return content.length <= maxFileBytes
    ? { path, content }
    : { path, content: content.slice(0, maxFileBytes) };
}
