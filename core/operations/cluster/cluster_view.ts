import { sizeCapacity } from "../../devices/slice_device.ts";
import { type ClaimAllocation, type ClusterClaim } from "./claims.ts";
import { type ClusterDevice, type ClusterSlice, deviceKey, type DeviceTaint } from "./device.ts";
import { largestPiece } from "./largest_piece.ts";
import { type NodePool, poolsByNode } from "./pools.ts";
import { ClusterUsage } from "./usage.ts";

/** A device of a node, in bytes. */
export interface DeviceView {
  readonly pool: string;
  readonly name: string;
  /** `memory`, `hugepages-2m` …: the name of the pool without the node. */
  readonly resource: string;
  readonly capacity: bigint;
  readonly claimed: bigint;
  readonly free: bigint;
  /** The most that one request can be given now. */
  readonly largest: bigint;
  readonly claims: number;
  readonly taints: readonly DeviceTaint[];
  readonly pooled: NodePool["state"];
}

/** A node with all that it publishes. */
export interface NodeView {
  readonly name: string;
  /** Of the driver's pod on it; undefined where there is none or it is not known. */
  readonly driverVersion?: string;
  readonly devices: readonly DeviceView[];
}

/** What all nodes have of one resource. */
export interface ResourceSum {
  readonly resource: string;
  readonly nodes: number;
  readonly capacity: bigint;
  readonly claimed: bigint;
  readonly free: bigint;
  readonly largest: { readonly bytes: bigint; readonly node: string; readonly device: string };
}

/** What is not as it should be in the cluster. */
export type StaleThing =
  | { readonly kind: "node-gone"; readonly node: string }
  | { readonly kind: "pool-incomplete" | "pool-invalid"; readonly node: string; readonly pool: string }
  /** Allocated, and reserved for no pod: it holds what nobody uses. */
  | { readonly kind: "claim-not-reserved"; readonly claim: string }
  /** Allocated on a device that no slice has. */
  | { readonly kind: "device-gone"; readonly claim: string; readonly device: string };

/** A cluster as its slices and claims tell it. */
export interface ClusterView {
  /** By name. */
  readonly nodes: readonly NodeView[];
  readonly sums: readonly ResourceSum[];
  readonly stale: readonly StaleThing[];
  /** How many claims hold something. */
  readonly claims: number;
}

/**
 * Collects what is told of a cluster, piece by piece and in any order: of claims it keeps sums, and those alone by name
 * that hold something for nobody.
 */
export class ClusterViewBuilder {
  readonly #slices: ClusterSlice[] = [];
  readonly #usage = new ClusterUsage();
  readonly #unreserved: { claim: string; allocation: ClaimAllocation }[] = [];
  readonly #holders = new Map<string, { claim: string; device: string }>();
  #claims = 0;

  addSlice(slice: ClusterSlice): void {
    this.#slices.push(slice);
  }

  addClaim({ namespace, name, allocation, reservedFor }: ClusterClaim): void {
    if (allocation === undefined || allocation.results.length === 0) return;
    this.#claims++;
    this.#usage.add(allocation);
    const claim = `${namespace}/${name}`;
    if (reservedFor.length === 0) this.#unreserved.push({ claim, allocation });
    for (const { pool, device } of allocation.results) {
      const key = deviceKey(pool, device);
      if (!this.#holders.has(key)) this.#holders.set(key, { claim, device: `${pool}/${device}` });
    }
  }

  /**
   * The view of what was added; of one node where it is named. `nodes` are those that there are, with the versions of
   * their drivers; undefined where that is not known.
   */
  build(
    nodes: ReadonlySet<string> | undefined,
    versions: ReadonlyMap<string, string>,
    only?: string,
  ): ClusterView {
    const byNode = [...poolsByNode(this.#slices)].filter(([name]) => only === undefined || name === only);
    const views = byNode.map(([name, pools]): NodeView => {
      const version = versions.get(name);
      return {
        name,
        ...(version === undefined ? {} : { driverVersion: version }),
        devices: pools.flatMap((pool) => pool.devices.map((device) => this.#device(name, pool, device))),
      };
    }).sort((a, b) => a.name < b.name ? -1 : 1);
    return {
      nodes: views,
      sums: sumsOf(views),
      stale: this.#stale(byNode.flatMap(([, pools]) => pools), nodes, only),
      claims: this.#claims,
    };
  }

  #device(node: string, pool: NodePool, device: ClusterDevice): DeviceView {
    const size = device.capacity[sizeCapacity] ?? { value: 0n };
    const usage = this.#usage.of(deviceKey(pool.name, device.name));
    const claimed = usage.whole ? size.value : usage.consumed.get(sizeCapacity) ?? 0n;
    const free = claimed < size.value ? size.value - claimed : 0n;
    return {
      pool: pool.name,
      name: device.name,
      resource: pool.name.startsWith(`${node}/`) ? pool.name.slice(node.length + 1) : pool.name,
      capacity: size.value,
      claimed,
      free,
      largest: pool.state === "whole" ? largestPiece(size, free) : 0n,
      claims: usage.claims,
      taints: device.taints,
      pooled: pool.state,
    };
  }

  #stale(
    pools: readonly NodePool[],
    nodes: ReadonlySet<string> | undefined,
    only: string | undefined,
  ): StaleThing[] {
    const published = new Set(
      pools.flatMap(({ name, devices }) => devices.map((device) => deviceKey(name, device.name))),
    );
    const here = (key: string) => only === undefined || key.startsWith(`${only}/`);
    const gone = nodes === undefined ? [] : [...new Set(pools.map(({ nodeName }) => nodeName))]
      .filter((name) => !nodes.has(name));
    return [
      ...gone.map((node) => ({ kind: "node-gone" as const, node })),
      ...pools.filter(({ state }) => state !== "whole").map(({ state, name, nodeName }) => ({
        kind: state === "invalid" ? "pool-invalid" as const : "pool-incomplete" as const,
        node: nodeName,
        pool: name,
      })),
      ...this.#unreserved.filter(({ allocation }) => allocation.results.some(({ pool }) => here(pool)))
        .map(({ claim }) => ({ kind: "claim-not-reserved" as const, claim })),
      ...[...this.#holders].filter(([key]) => here(key) && !(published as ReadonlySet<string>).has(key))
        .map(([, holder]) => ({ kind: "device-gone" as const, ...holder })),
    ];
  }
}

function sumsOf(nodes: readonly NodeView[]): ResourceSum[] {
  const sums = new Map<string, { -readonly [K in keyof ResourceSum]: ResourceSum[K] }>();
  for (const { name: node, devices } of nodes) {
    const seen = new Set<string>();
    for (const { name: device, resource, capacity, claimed, free, largest } of devices) {
      const sum = sums.get(resource) ??
        { resource, nodes: 0, capacity: 0n, claimed: 0n, free: 0n, largest: { bytes: -1n, node, device } };
      sums.set(resource, sum);
      if (!seen.has(resource)) sum.nodes++;
      seen.add(resource);
      sum.capacity += capacity;
      sum.claimed += claimed;
      sum.free += free;
      if (largest > sum.largest.bytes) sum.largest = { bytes: largest, node, device };
    }
  }
  return [...sums.values()].sort((a, b) => a.resource < b.resource ? 1 : -1);
}
