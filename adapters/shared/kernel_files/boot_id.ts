import { excerpt } from "./content.ts";
import { attempt, isMissing, readText, UnreadableFileError } from "./read_file.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/**
 * What identifies the time since the machine was started (random(4)); the same text each time in a copied tree that
 * lacks it. Throws {@link UnreadableFileError}.
 */
export async function readBootId(procfsRoot: string): Promise<string> {
  const bootId = await attempt(readText(`${procfsRoot}/sys/kernel/random/boot_id`, parseBootId));
  if (!(bootId instanceof UnreadableFileError)) return bootId;
  if (isMissing(bootId)) return "unknown";
  throw bootId;
}

function parseBootId(text: string): string {
  const [bootId] = /^[0-9a-f-]{36}$/.exec(text.trim()) ?? [];
  if (bootId === undefined) throw new ParseError(`expected a boot id, found ${excerpt(text)}`);
  return bootId;
}
