import { parseIdList } from "../../../core/values/id_list.ts";
import { type NumaNodeId, numaNodeId } from "../../../core/values/ids.ts";
import { excerpt } from "../../shared/kernel_files/content.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/** Reads `nodeN/cpulist` and `devices/system/cpu/online`, ascending. Throws {@link ParseError}. */
export function parseCpuList(text: string): number[] {
  try {
    return parseIdList(text);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new ParseError(`expected a list such as 0-3,8, found ${excerpt(text)}`, { cause });
  }
}

/** Reads `devices/system/node/online` and its like, ascending. Throws {@link ParseError}. */
export function parseNodeList(text: string): NumaNodeId[] {
  const ids = parseCpuList(text);
  try {
    return ids.map(numaNodeId);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new ParseError(`expected NUMA nodes up to 1023, found ${excerpt(text)}`, { cause });
  }
}

/**
 * Reads the CPU numbers of `/proc/cpuinfo`: lines that begin `processor : 0`, and on s390x `processor 0: …`.
 * Throws {@link ParseError}.
 */
export function parseCpuInfo(text: string): number[] {
  const ids = [...text.matchAll(/^processor[ \t]*:?[ \t]*(\d{1,5})\b/gm)].map(([, id]) => Number(id));
  if (ids.length === 0) throw new ParseError("has no line that begins with processor and a number");
  return ids.sort((a, b) => a - b);
}
