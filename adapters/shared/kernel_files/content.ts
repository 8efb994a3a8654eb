import { quoted } from "../../../core/values/quoted.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/** The beginning of a text, in quotes, for a message. */
export function excerpt(text: string): string {
  return quoted(withoutPadding(text).trimStart());
}

/**
 * A text without the NUL bytes, blanks and line ends behind it: archives fill files up with NUL bytes to the size that
 * the kernel gives, a page, and old kernels did so themselves.
 */
export function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && "\0 \t\r\n".includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Reads a file that holds one number, at most 18 digits of it. Throws {@link ParseError}. */
export function parseCount(text: string): bigint {
  const digits = withoutPadding(text);
  if (!/^\d{1,18}$/.test(digits)) throw new ParseError(`expected a number, found ${excerpt(text)}`);
  return BigInt(digits);
}
