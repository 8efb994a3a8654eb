import type { ClusterView, DeviceView, StaleThing } from "../../core/operations/cluster/cluster_view.ts";
import { formatTaint } from "../../core/operations/cluster/device.ts";
import { humanBytes, shortAtMost } from "../../core/values/human_bytes.ts";
import { columns } from "../ui/output.ts";
import { amounts } from "./amounts.ts";

/** What `cluster -o json` prints; sizes are bytes. */
export function printedCluster({ nodes, sums, stale, claims }: ClusterView, notes: readonly string[]) {
  return {
    nodes: nodes.map(({ name, driverVersion, devices }) => ({
      name,
      driverVersion: driverVersion ?? null,
      devices: devices.map((device) => ({
        name: device.name,
        pool: device.pool,
        resource: device.resource,
        capacityBytes: Number(device.capacity),
        claimedBytes: Number(device.claimed),
        freeBytes: Number(device.free),
        largestPieceBytes: Number(device.largest),
        claims: device.claims,
        taints: device.taints,
        state: device.pooled,
      })),
    })),
    sums: sums.map(({ resource, nodes, capacity, claimed, free, largest }) => ({
      resource,
      nodes,
      capacityBytes: Number(capacity),
      claimedBytes: Number(claimed),
      freeBytes: Number(free),
      largestPiece: { ...largest, bytes: Number(largest.bytes) },
    })),
    claims,
    stale: stale.map((thing) => ({ ...thing, text: staleText(thing) })),
    notes,
  };
}

/** What is shown of devices while the claims are still being read: what those hold is not known. */
export function unclaimedTable({ nodes }: ClusterView): string {
  return columns([
    ["NODE", "DEVICE", "CAPACITY", "CLAIMED"],
    ...nodes.flatMap(({ name, devices }) =>
      devices.map((device, index) => [
        index === 0 ? name : "",
        device.name,
        humanBytes(Number(device.capacity)),
        "…",
      ])
    ),
  ]);
}

/** The same for people. */
export function clusterTable(
  { nodes, sums, stale }: ClusterView,
  notes: readonly string[],
  wide: boolean,
): string {
  if (nodes.length === 0) {
    return ["No node publishes memory or hugepages: is the driver installed?", ...notes].join("\n\n");
  }
  const rows = nodes.flatMap(({ name, driverVersion, devices }) =>
    devices.map((device, index) => [
      index === 0 ? name : "",
      device.name,
      ...amounts(device),
      shortAtMost(device.largest),
      `${device.claims}`,
      stateText(device),
      ...(wide ? [device.pool, index === 0 ? driverVersion ?? "-" : ""] : []),
    ])
  );
  const further = wide ? ["POOL", "DRIVER"] : [];
  return [
    columns([
      ["NODE", "DEVICE", "CAPACITY", "CLAIMED", "FREE", "LARGEST", "CLAIMS", "STATE", ...further],
      ...rows,
    ]),
    columns([
      ["RESOURCE", "NODES", "CAPACITY", "CLAIMED", "FREE", "LARGEST PIECE"],
      ...sums.map((sum) => [
        sum.resource,
        `${sum.nodes}`,
        ...amounts(sum),
        sum.largest.bytes <= 0n
          ? "0"
          : `${shortAtMost(sum.largest.bytes)} on ${sum.largest.node} ${sum.largest.device}`,
      ]),
    ]),
    ...staleSection(stale),
    ...notes,
  ].join("\n\n");
}

function stateText({ pooled, taints }: DeviceView): string {
  if (pooled !== "whole") return pooled;
  return taints.length === 0 ? "ok" : taints.map(formatTaint).join(", ");
}

const shownOfAKind = 10;

function staleSection(stale: readonly StaleThing[]): string[] {
  if (stale.length === 0) return [];
  const lines = [...Map.groupBy(stale, ({ kind }) => kind).values()].flatMap((things) => [
    ...things.slice(0, shownOfAKind).map((thing) => `  - ${staleText(thing)}`),
    ...(things.length > shownOfAKind
      ? [`  - and ${things.length - shownOfAKind} more of this kind (-o json has them all)`]
      : []),
  ]);
  return [["Stale:", ...lines].join("\n")];
}

/** What is stale, in words. */
function staleText(thing: StaleThing): string {
  switch (thing.kind) {
    case "node-gone":
      return `Node ${thing.node} is gone, and its slices are still there: kubectl delete resourceslices ` +
        `--field-selector spec.driver=dra.memory,spec.nodeName=${thing.node}`;
    case "pool-incomplete":
      return `Pool ${thing.pool} lacks slices: the driver is writing it, or died while it did. Nothing of it is given.`;
    case "pool-invalid":
      return `Pool ${thing.pool} has a device twice. Nothing of it is given.`;
    case "claim-not-reserved":
      return `Claim ${thing.claim} is allocated and reserved for no pod: what it holds is lost to others until it is deleted.`;
    case "device-gone":
      return `Claim ${thing.claim} holds some of ${thing.device}, which no slice has any more.`;
  }
}
