import type { PoolStatuses } from "../../adapters/operations/cluster/pool_status.ts";
import { columns } from "../ui/output.ts";
import { amounts } from "./amounts.ts";

/** What `cluster --pool-status -o json` prints; sizes are bytes. */
export function printedPools({ pools, count }: PoolStatuses) {
  return {
    pools: pools.map(({ node, name, devices, capacity, claimed, free, problem }) => ({
      node,
      pool: name,
      devices,
      capacityBytes: Number(capacity),
      claimedBytes: Number(claimed),
      freeBytes: Number(free),
      problem: problem ?? null,
    })),
    poolCount: count,
  };
}

/** The same for people. */
export function poolTable({ pools, count }: PoolStatuses): string {
  if (pools.length === 0) return "The cluster has no pools of this driver: is it installed?";
  const left = count - pools.length;
  return [
    columns([
      ["NODE", "POOL", "DEVICES", "CAPACITY", "CLAIMED", "FREE", "STATE"],
      ...pools.map((pool) => [
        pool.node,
        pool.name,
        `${pool.devices}`,
        ...pool.problem === undefined ? amounts(pool) : ["?", "?", "?"],
        pool.problem ?? "ok",
      ]),
    ]),
    ...left > 0 ? [`${left} more pools are not in the answer: --node asks for those of one node`] : [],
  ].join("\n\n");
}
