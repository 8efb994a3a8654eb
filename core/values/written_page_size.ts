import { type PageSize, pageSize } from "./page_size.ts";
import { quoted } from "./quoted.ts";
import { ParseError } from "./parse_error.ts";

/** The power of two of each unit. Decimal units would be no page sizes, so `2M` and `2Mi` are the same. */
const unitBits: Readonly<Record<string, bigint>> = { "": 0n, k: 10n, m: 20n, g: 30n, t: 40n };

/**
 * Reads a page size as people write it: `2M`, `2Mi`, `2m`, `2MB`, `2 MiB`, `2048kB`, `2097152`. Throws
 * {@link ParseError}.
 */
export function parseWrittenPageSize(text: string): PageSize {
  const [, count, unit = ""] = /^(\d{1,16}) ?(?:([kmgt])i?)?b?$/i.exec(text.trim()) ?? [];
  const bits = unitBits[unit.toLowerCase()];
  if (count === undefined || bits === undefined) throw noPageSize(text);
  try {
    return pageSize(BigInt(count) << bits);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw noPageSize(text, { cause });
  }
}

function noPageSize(text: string, options?: ErrorOptions): ParseError {
  return new ParseError(
    `Cannot parse page size: ${quoted(text)} (write it as 2Mi, 1Gi or 2048kB)`,
    options,
  );
}
