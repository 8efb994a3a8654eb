import { ParseError } from "../../../core/values/parse_error.ts";

/**
 * Makes a parser of one amount in a `meminfo` file, in bytes: `Hugepagesize` in that of the machine, `Node 0 MemFree`
 * in that of a node. The kernel's kB are 1024 bytes. It throws {@link ParseError}.
 */
export function meminfoAmount(key: string): (text: string) => bigint {
  return (text) => {
    const [, kibibytes] = new RegExp(`^${key}: *(\\d{1,15}) kB[ \\0]*$`, "m").exec(text) ?? [];
    if (kibibytes === undefined) throw new ParseError(`has no line "${key}: <number> kB"`);
    return BigInt(kibibytes) << 10n;
  };
}
