/** A text that is not what the kernel writes in such a file. The message says what was expected and found. */
export class ContentError extends Error {
  override name = "ContentError";
}

/** Longer lines are cut in messages. */
const maxExcerpt = 40;

/** The beginning of a text, in quotes, for a message. */
export function excerpt(text: string): string {
  const trimmed = text.trim();
  return JSON.stringify(trimmed.length > maxExcerpt ? `${trimmed.slice(0, maxExcerpt)}…` : trimmed);
}

/** Reads a file that holds one number, at most 18 digits of it. Throws {@link ContentError}. */
export function parseCount(text: string): bigint {
  if (!/^\d{1,18}\n?$/.test(text)) throw new ContentError(`expected a number, found ${excerpt(text)}`);
  return BigInt(text.trimEnd());
}
