import { type NumaNodeId, numaNodeId } from "../../../../core/values/ids.ts";
import { formatPageSize, type PageSize, parsePageSize } from "../../../../core/values/page_size.ts";
import { HugepagePoolError, type HugepagePools } from "../../../../core/operations/ports/hugepage_pools.ts";
import type { PoolPlan } from "../../../../core/operations/setup_hugepages/plan.ts";
import type { HugepagePool } from "../../../../core/topology/topology.ts";

/** A pool as this kernel keeps it. */
export interface MemoryPool {
  persistent: bigint;
  used: bigint;
  /** How many pages the kernel can find, and how many more each time after memory was moved together. */
  most?: bigint;
  readonly perCompaction?: bigint;
}

/** A kernel's pools by name (`2m-0`), which counts as the real one does: pages in use that are too many are surplus. */
export class MemoryPools implements HugepagePools {
  /** What was done: `2m-0=8`, `compact 0`. */
  readonly calls: string[] = [];
  canCompact = true;
  free: bigint | undefined = 0n;
  allowed = true;
  /** The pool that cannot be resized. */
  refused = "";

  constructor(readonly pools: Record<string, MemoryPool>) {}

  read(numaNode: NumaNodeId, pageSize: PageSize): Promise<HugepagePool> {
    const { persistent, used } = this.#pool(numaNode, pageSize);
    const surplus = used > persistent ? used - persistent : 0n, total = persistent + surplus;
    return Promise.resolve({ pageSize, total, free: total - used, surplus });
  }

  resize(numaNode: NumaNodeId, pageSize: PageSize, count: bigint): Promise<void> {
    const name = nameOf(numaNode, pageSize), pool = this.#pool(numaNode, pageSize);
    if (name === this.refused) return Promise.reject(new HugepagePoolError(`Cannot resize ${name}`));
    this.calls.push(`${name}=${count}`);
    pool.persistent = pool.most !== undefined && pool.most < count ? pool.most : count;
    return Promise.resolve();
  }

  compact(numaNode: NumaNodeId): Promise<boolean> {
    if (!this.canCompact) return Promise.resolve(false);
    this.calls.push(`compact ${numaNode}`);
    for (const pool of Object.values(this.pools)) {
      if (pool.most !== undefined) pool.most += pool.perCompaction ?? 0n;
    }
    return Promise.resolve(true);
  }

  freeBytes(): Promise<bigint | undefined> {
    return Promise.resolve(this.free);
  }

  mayUse(): Promise<boolean> {
    return Promise.resolve(this.allowed);
  }

  #pool(numaNode: NumaNodeId, pageSize: PageSize): MemoryPool {
    const pool = this.pools[nameOf(numaNode, pageSize)];
    if (pool === undefined) throw new HugepagePoolError(`There is no ${nameOf(numaNode, pageSize)}`);
    return pool;
  }
}

/** The plan for a pool by its name. */
export function planOf(name: string, from: bigint, to: bigint, more: Partial<PoolPlan> = {}): PoolPlan {
  const [size = "", node] = name.split("-");
  return {
    numaNode: numaNodeId(Number(node)),
    pageSize: parsePageSize(size),
    from,
    to,
    inUse: 0n,
    promised: 0n,
    gigantic: size === "1g",
    reserved: 0n,
    movableOnly: false,
    ...more,
  };
}

function nameOf(numaNode: NumaNodeId, pageSize: PageSize): string {
  return `${formatPageSize(pageSize)}-${numaNode}`;
}
