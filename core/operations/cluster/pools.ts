import type { ClusterDevice, ClusterSlice } from "./device.ts";

/** A pool as the scheduler sees it: its newest generation. */
export interface NodePool {
  readonly name: string;
  readonly nodeName: string;
  /**
   * `incomplete`: slices of the newest generation are missing, as while the driver writes them. `invalid`: a device
   * name stands in it twice. The scheduler takes devices from neither.
   */
  readonly state: "whole" | "incomplete" | "invalid";
  /** In the order in which the scheduler tries them: by the names of the slices, then as the slice has them. */
  readonly devices: readonly ClusterDevice[];
}

/** The pools of each node that slices tell of, sorted by name, which is the scheduler's order. */
export function poolsByNode(slices: Iterable<ClusterSlice>): Map<string, NodePool[]> {
  const byPool = new Map<string, ClusterSlice[]>();
  for (const slice of slices) {
    const siblings = byPool.get(slice.pool.name) ?? [];
    byPool.set(slice.pool.name, siblings);
    siblings.push(slice);
  }
  const nodes = new Map<string, NodePool[]>();
  for (const siblings of byPool.values()) {
    const pool = newestOf(siblings);
    const pools = nodes.get(pool.nodeName) ?? [];
    nodes.set(pool.nodeName, pools);
    pools.push(pool);
  }
  for (const pools of nodes.values()) pools.sort((a, b) => byteOrder(a.name, b.name));
  return nodes;
}

/** The pool that slices of one name make up. */
function newestOf(slices: readonly ClusterSlice[]): NodePool {
  const generation = Math.max(...slices.map(({ pool }) => pool.generation));
  const newest = slices.filter(({ pool }) => pool.generation === generation).sort((a, b) =>
    byteOrder(a.name, b.name)
  );
  const devices = newest.flatMap(({ devices }) => devices);
  const [first] = newest;
  return {
    name: first?.pool.name ?? "",
    nodeName: first?.nodeName ?? "",
    state: newest.length !== first?.pool.resourceSliceCount
      ? "incomplete"
      : new Set(devices.map(({ name }) => name)).size < devices.length
      ? "invalid"
      : "whole",
    devices,
  };
}

/** As Go compares strings; names in Kubernetes are ASCII. */
function byteOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
