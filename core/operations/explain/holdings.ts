import { sizeCapacity } from "../../devices/slice_device.ts";
import { shortQuantity } from "../../values/human_bytes.ts";
import { parseWholeBytes } from "../../values/quantity.ts";
import type { ClusterClaim } from "../cluster/claims.ts";
import type { NodePool } from "../cluster/pools.ts";

/** A share that an allocated claim holds. */
export interface Holding {
  readonly claim: string;
  readonly request: string;
  readonly node: string;
  readonly device: string;
  /** Undefined where the whole device is held. */
  readonly bytes: bigint | undefined;
}

/** What an allocated claim holds of this driver, and where. */
export function holdingsOf(claim: ClusterClaim, pools: Iterable<NodePool>): Holding[] {
  const nodes = new Map([...pools].map(({ name, nodeName }) => [name, nodeName]));
  return (claim.allocation?.results ?? []).map(({ request, pool, device, consumedCapacity }) => ({
    claim: claim.name,
    request,
    node: nodes.get(pool) ?? nodeInPool(pool),
    device,
    bytes: consumedCapacity?.[sizeCapacity] === undefined
      ? undefined
      : parseWholeBytes(consumedCapacity[sizeCapacity]),
  }));
}

/** Pools are called `<node>/<resource>`; a node's name has no slash. */
function nodeInPool(pool: string): string {
  return pool.split("/", 1)[0] ?? pool;
}

/** A holding in words: `1Gi of memory-numa0 on node-a`. */
export function formatHolding({ request, node, device, bytes }: Holding): string {
  return `${request}: ${bytes === undefined ? "all" : shortQuantity(bytes)} of ${device} on ${node}`;
}
