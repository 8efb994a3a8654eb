import { setTimeout as sleep } from "node:timers/promises";
import type { NumaNodeId } from "../../core/values/ids.ts";
import { formatKubernetesPageSize, type PageSize } from "../../core/values/page_size.ts";
import { HugepagePoolError, type HugepagePools } from "../../core/operations/ports/hugepage_pools.ts";

/** Shows how far a long resizing is. `show` replaces what it showed before; the empty text takes it away. */
export function withProgress(
  pools: HugepagePools,
  show: (text: string) => void,
  intervalMilliseconds = 500,
): HugepagePools {
  return {
    read: (numaNode, pageSize) => pools.read(numaNode, pageSize),
    freeBytes: (numaNode) => pools.freeBytes(numaNode),
    mayUse: (numaNode) => pools.mayUse(numaNode),
    compact: async (numaNode) => {
      show(`NUMA node ${numaNode}: moving memory together`);
      try {
        return await pools.compact(numaNode);
      } finally {
        show("");
      }
    },
    resize: async (numaNode, pageSize, count) => {
      const resizing = new AbortController();
      const watching = watch(pools, numaNode, pageSize, {
        show: (total) =>
          show(`NUMA node ${numaNode}: ${total} of ${count} pages of ${formatKubernetesPageSize(pageSize)}`),
        intervalMilliseconds,
        signal: resizing.signal,
      });
      try {
        await pools.resize(numaNode, pageSize, count);
      } finally {
        resizing.abort();
        await watching;
        show("");
      }
    },
  };
}

/** A line on a terminal that is written anew each time. Without colors, so that `NO_COLOR` has nothing to forbid. */
export function terminalLine(write: (text: string) => void): (text: string) => void {
  let shown = 0;
  return (text) => {
    if (text === "" && shown === 0) return;
    write(`\r${text.padEnd(shown)}${text === "" ? "\r" : ""}`);
    shown = text.length;
  };
}

interface Watching {
  readonly show: (total: bigint) => void;
  readonly intervalMilliseconds: number;
  readonly signal: AbortSignal;
}

async function watch(
  pools: HugepagePools,
  numaNode: NumaNodeId,
  pageSize: PageSize,
  { show, intervalMilliseconds, signal }: Watching,
): Promise<void> {
  try {
    while (true) {
      await sleep(intervalMilliseconds, undefined, { signal });
      const { total } = await pools.read(numaNode, pageSize);
      if (!signal.aborted) show(total);
    }
  } catch (error) {
    // Nothing hangs on a look at how far it is. What is wrong is told by what is done next.
    if (!signal.aborted && !(error instanceof HugepagePoolError)) throw error;
  }
}
