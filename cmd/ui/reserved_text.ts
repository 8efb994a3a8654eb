import { humanBytes } from "../../core/values/human_bytes.ts";

/** Says for people how many of the free pages of a size are not free: the kernel counts them for the whole machine. */
export function reservedText(pageSize: number, pages: number): string {
  return `Of the free pages of ${
    humanBytes(pageSize)
  } mappings have reserved ${pages}, on which nodes the kernel does ` +
    "not tell";
}
