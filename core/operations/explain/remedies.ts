import type { ClaimRequest, DeviceAsk } from "../cluster/claims.ts";
import { attributeOf, type ClusterDevice } from "../cluster/device.ts";
import type { NodePool } from "../cluster/pools.ts";
import type { ClusterNode } from "../cluster/pod.ts";
import { sizeCapacity } from "../../devices/slice_device.ts";
import { driverName } from "../../values/driver.ts";
import { selects } from "./ask.ts";
import { rounded } from "./capacity.ts";
import { heldBytes, type HeldClaim, type Remedy } from "./remedy.ts";
import { type NodeReason, verdictOn, type Wanted } from "./placement.ts";
import { roomOf } from "./request_reason.ts";
import type { Judgement } from "./judgement.ts";

/** A node that the claims do not fit on, though it would take the pod. */
export interface Candidate {
  readonly node: ClusterNode;
  readonly pools: readonly NodePool[];
  readonly reason: NodeReason;
}

/** Nodes that remedies are tried on: those with most room first. Many alike would tell nothing new. */
const maxNodes = 50;
/** Claims of a node that are tried to go, the smallest first. */
const maxClaims = 20;
const maxParts = 4;

/** What stands between requests that would fit one by one. */
const onlyTogether: ReadonlySet<NodeReason["kind"]> = new Set(["together", "constraint"]);
/** What other claims may be the cause of. */
const forOthers: ReadonlySet<NodeReason["kind"]> = new Set([...onlyTogether, "no-room", "device-taken"]);

/** Looks for single changes that would make claims fit somewhere, at most one of each kind. All of them were tried. */
export function remediesFor(
  wanted: Wanted,
  candidates: readonly Candidate[],
  held: readonly HeldClaim[],
  judgement: Judgement,
): Remedy[] {
  const nearest = candidates.filter(({ reason }) => "request" in reason || onlyTogether.has(reason.kind))
    .sort((a, b) => compare(roomIn(b.reason), roomIn(a.reason))).slice(0, maxNodes);
  const found = new Map<Remedy["kind"], Remedy>();
  for (const candidate of nearest) {
    for (const remedy of changesFor(candidate, wanted, judgement)) {
      if (found.has(remedy.kind)) continue;
      if (fits(candidate, changed(wanted, remedy), judgement)) found.set(remedy.kind, remedy);
    }
  }
  const release = releaseFor(nearest, wanted, held, judgement);
  return [...found.values(), ...(release === undefined ? [] : [release])];
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

/** What is wanted with a remedy applied. */
function changed(wanted: Wanted, remedy: Remedy): Wanted {
  return {
    ...wanted,
    claims: wanted.claims.map((claim) => {
      if (claim.name !== remedy.claim) return claim;
      const names = new Map<string, string[]>();
      const requests = claim.spec.requests.flatMap((request) => {
        if (request.name !== remedy.request) return [request];
        const parts = applied(request, remedy);
        names.set(request.name, parts.map(({ name }) => name));
        return parts;
      });
      const constraints = claim.spec.constraints.map((constraint) => ({
        ...constraint,
        requests: constraint.requests.flatMap((name) => names.get(name) ?? [name]),
      }));
      return { ...claim, spec: { ...claim.spec, requests, constraints } };
    }),
  };
}

function applied(request: ClaimRequest, remedy: Remedy): ClaimRequest[] {
  const each = (change: (ask: DeviceAsk) => Partial<DeviceAsk>): ClaimRequest => ({
    ...request,
    alternatives: request.alternatives.map((ask) => ({ ...ask, ...change(ask) })),
  });
  const several = (count: number, one: ClaimRequest) =>
    Array.from({ length: count }, (_, index) => ({ ...one, name: `${request.name}-${index + 1}` }));
  switch (remedy.kind) {
    case "smaller":
      return [each(() => ({ capacity: { [sizeCapacity]: `${remedy.bytes}` } }))];
    case "split":
      return several(remedy.parts, each(() => ({ capacity: { [sizeCapacity]: `${remedy.bytes}` } })));
    case "separate-requests":
      return several(remedy.count, each(() => ({ count: 1 })));
    case "page-size":
      return [each(() => ({ className: remedy.className }))];
    case "capacity-name":
      return [
        each(({ capacity }) => ({
          capacity: Object.fromEntries(
            Object.entries(capacity).map(([, amount]) => [remedy.name, amount]),
          ),
        })),
      ];
    case "tolerate":
      return [
        each(({ tolerations }) => ({
          tolerations: [...tolerations, { key: "", operator: "Exists", value: "", effect: "" }],
        })),
      ];
    case "release":
      return [request];
  }
}

/** The claim on one of the nodes without which there is room: one that nobody uses, or else the smallest. */
function releaseFor(
  nearest: readonly Candidate[],
  wanted: Wanted,
  held: readonly HeldClaim[],
  judgement: Judgement,
): Remedy | undefined {
  const [first] = wanted.claims;
  if (first === undefined) return undefined;
  for (const candidate of nearest) {
    if (!forOthers.has(candidate.reason.kind)) continue;
    const pools = new Set(candidate.pools.map(({ name }) => name));
    const here = held.filter(({ allocation }) => allocation.results.some(({ pool }) => pools.has(pool)))
      .sort((a, b) => Number(a.reserved) - Number(b.reserved) || compare(heldBytes(a), heldBytes(b)))
      .slice(0, maxClaims);
    for (const claim of here) {
      judgement.usage.remove(claim.allocation);
      const enough = fits(candidate, wanted, judgement);
      judgement.usage.add(claim.allocation);
      if (enough) return { kind: "release", node: candidate.node.name, claim: first.name, held: claim };
    }
  }
  return undefined;
}

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
