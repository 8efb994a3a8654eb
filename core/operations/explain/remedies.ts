import type { DeviceAsk } from "../cluster/claims.ts";
import { attributeOf, type ClusterDevice } from "../cluster/device.ts";
import type { NodePool } from "../cluster/pools.ts";
import { sizeCapacity } from "../../devices/slice_device.ts";
import { driverName } from "../../values/driver.ts";
import { parseWholeBytes } from "../../values/quantity.ts";
import { selects } from "./ask.ts";
import { rounded } from "./capacity.ts";
import { withRemedy } from "./applied_remedy.ts";
import { type Candidate, type NodeReason, verdictOn, type Wanted } from "./placement.ts";
import type { Remedy } from "./remedy.ts";
import { roomOf } from "./request_reason.ts";
import type { Judgement } from "./judgement.ts";

/** Nodes that remedies are tried on: those with most room first. Many alike would tell nothing new. */
const maxNodes = 50;
const maxParts = 4;
/** Nodes that smaller amounts are looked for on where it is all requests together that do not fit. */
const maxTogether = 5;

/** What stands between requests that would fit one by one. */
const onlyTogether: ReadonlySet<NodeReason["kind"]> = new Set(["together", "constraint"]);
/** What other claims may be the cause of. */
const forOthers: ReadonlySet<NodeReason["kind"]> = new Set([
  ...onlyTogether,
  "no-room",
  "device-taken",
  "not-all",
]);

/** What would help, as far as it can be told without knowing who holds what. */
export interface Help {
  readonly remedies: readonly Remedy[];
  readonly crowded: readonly Candidate[];
}

/**
 * Looks for single changes of claims that would make them fit somewhere, at most one of each kind, all of them tried;
 * and for the nodes where another claim's going may do it.
 */
export function helpFor(wanted: Wanted, candidates: readonly Candidate[], judgement: Judgement): Help {
  const nearest = candidates.filter(({ reason }) => "request" in reason || onlyTogether.has(reason.kind))
    .sort((a, b) => compare(roomIn(b.reason), roomIn(a.reason))).slice(0, maxNodes);
  const found = new Map<Remedy["kind"], Remedy>();
  for (const candidate of nearest) {
    for (const remedy of changesFor(candidate, wanted, judgement)) {
      if (found.has(remedy.kind)) continue;
      if (fits(candidate, withRemedy(wanted, remedy), judgement)) found.set(remedy.kind, remedy);
    }
  }
  if (!found.has("smaller")) {
    const less = lessTogether(nearest, wanted, judgement);
    if (less !== undefined) found.set("smaller", less);
  }
  return {
    remedies: [...found.values()],
    crowded: nearest.filter(({ reason }) => forOthers.has(reason.kind)),
  };
}

/** The most that one of the requests can ask for beside the others, where each would fit alone: the last one first. */
function lessTogether(
  nearest: readonly Candidate[],
  wanted: Wanted,
  judgement: Judgement,
): Remedy | undefined {
  for (
    const candidate of nearest.filter(({ reason }) => onlyTogether.has(reason.kind)).slice(0, maxTogether)
  ) {
    for (const { name: claim, spec } of wanted.claims) {
      for (const { name: request, alternatives } of spec.requests.toReversed()) {
        const [ask] = alternatives;
        if (ask === undefined || ask.capacity[sizeCapacity] === undefined) continue;
        const [device] = ofClass(ask.className, candidate.pools, judgement);
        const step = device?.capacity[sizeCapacity]?.policy?.validRange?.step ?? 1n;
        const remedy = (steps: bigint) => ({
          kind: "smaller" as const,
          node: candidate.node.name,
          claim,
          request,
          bytes: steps * step,
        });
        const most = greatest(
          parseWholeBytes(ask.capacity[sizeCapacity]) / step,
          (steps) => fits(candidate, withRemedy(wanted, remedy(steps)), judgement),
        );
        if (most !== undefined) return remedy(most);
      }
    }
  }
  return undefined;
}

/** The greatest number below a limit, and not 0, for which something holds that holds for all smaller ones. */
function greatest(limit: bigint, holds: (number: bigint) => boolean): bigint | undefined {
  if (limit <= 1n || !holds(1n)) return undefined;
  let low = 1n, high = limit;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function changesFor({ node, pools, reason }: Candidate, wanted: Wanted, judgement: Judgement): Remedy[] {
  if (!("request" in reason)) return [];
  const { claim, request } = reason;
  const at = { node: node.name, claim, request };
  switch (reason.kind) {
    case "no-room":
    case "above-device": {
      const ask = askOf(wanted, claim, request);
      const devices = ask === undefined ? [] : ofClass(ask.className, pools, judgement);
      const [device] = devices;
      const step = device?.capacity[sizeCapacity];
      const part = (parts: number) =>
        rounded((reason.bytes + BigInt(parts) - 1n) / BigInt(parts), step?.policy);
      const room = roomOf(reason);
      return [
        ...(room > 0n ? [{ ...at, kind: "smaller" as const, bytes: room }] : []),
        ...Array.from({ length: maxParts - 1 }, (_, index) => index + 2)
          .map((parts) => ({ ...at, kind: "split" as const, parts, bytes: part(parts) })),
        ...otherPageSizes(devices, pools, judgement)
          .map((className) => ({ ...at, kind: "page-size" as const, className })),
      ];
    }
    case "count":
      return [{ ...at, kind: "separate-requests", count: reason.count }];
    case "no-such-capacity":
      return reason.similar === undefined ? [] : [{ ...at, kind: "capacity-name", name: reason.similar }];
    case "device-taint":
      return [{ ...at, kind: "tolerate", taint: reason.taint }];
    default:
      return [];
  }
}

/** The classes of the other hugepage sizes, where the request is for hugepages. */
function otherPageSizes(
  devices: readonly ClusterDevice[],
  pools: readonly NodePool[],
  judgement: Judgement,
): string[] {
  const sizes = new Set(devices.map(pageSizeOf));
  if (sizes.size !== 1 || sizes.has(undefined)) return [];
  return [...judgement.classes.keys()].filter((name) => {
    const others = new Set(ofClass(name, pools, judgement).map(pageSizeOf));
    const [size] = others;
    return others.size === 1 && size !== undefined && !sizes.has(size);
  });
}

function pageSizeOf(device: ClusterDevice): string | undefined {
  const huge = attributeOf(device, driverName, "resource.kubernetes.io/hugeTLB");
  const size = attributeOf(device, driverName, "resource.kubernetes.io/pageSize");
  return huge?.kind === "bool" && huge.value && size?.kind === "string" ? size.value : undefined;
}

function ofClass(className: string, pools: readonly NodePool[], judgement: Judgement): ClusterDevice[] {
  const ask = { ...anything, className };
  return pools.flatMap(({ devices }) => devices).filter((device) =>
    selects(ask, device, judgement.classes, judgement.selectors) === true
  );
}

const anything: Omit<DeviceAsk, "className"> = {
  selectors: [],
  count: 1,
  adminAccess: false,
  capacity: {},
  tolerations: [],
};

function askOf(wanted: Wanted, claim: string, request: string): DeviceAsk | undefined {
  return wanted.claims.find(({ name }) => name === claim)?.spec.requests
    .find(({ name }) => name === request)?.alternatives.at(-1);
}

function fits({ node, pools }: Candidate, wanted: Wanted, judgement: Judgement): boolean {
  return verdictOn(node, pools, wanted, judgement).fits;
}

function roomIn(reason: NodeReason): bigint {
  return "request" in reason ? roomOf(reason) : 0n;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
