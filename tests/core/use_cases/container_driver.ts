import assert from "node:assert/strict";
import { CgroupLimits } from "../../../core/claims/cgroup_limits.ts";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { encodeEnvironment } from "../../../core/claims/environment.ts";
import { ClaimOwners } from "../../../core/claims/claim_owners.ts";
import { Containers } from "../../../core/claims/containers.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import type {
  AdjustmentOutcome,
  Container,
  ExistingContainer,
} from "../../../core/ports/container_service.ts";
import { PodCgroupError } from "../../../core/ports/pod_cgroup.ts";
import { AdjustContainers } from "../../../core/use_cases/adjust_containers.ts";
import { TendLimits } from "../../../core/use_cases/tend_limits.ts";
import { containerId } from "../../../core/values/ids.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { ClaimList } from "../fakes/claim_list.ts";
import { EventList } from "../fakes/event_list.ts";
import { MemoryBases } from "../fakes/memory_bases.ts";
import { MemoryCgroups } from "../fakes/memory_cgroups.ts";
import { MemoryNode } from "../fakes/memory_node.ts";
import { allocationOf, GiB, MiB, podOf, preparedClaim } from "../samples.ts";

export const page2m = parsePageSize("2m");
export const sandbox = { reference: podOf(1), cgroupParent: "/kubepods/pod1" };
export const memory = preparedClaim(1, [
  allocationOf("memory-numa1", GiB),
  allocationOf("memory-numa0", GiB),
]);
export const pages = preparedClaim(2, [allocationOf("hugepages-2m-numa0", 4n * MiB)]);
export const morePages = preparedClaim(3, [allocationOf("hugepages-2m-numa33", 6n * MiB)]);
export const limited: PreparedClaim = {
  ...preparedClaim(5, [allocationOf("memory-numa0", GiB)]),
  terms: [{ request: "mem", limits: { max: "claim", minPercent: 100, swap: "forbidden" } }],
};
export const cgroupGone = new PodCgroupError("Cannot raise the limit of /kubepods/pod1: it is gone");

/** The half of a driver that a runtime asks, with claims that are prepared. */
export function containerDriver(...claims: PreparedClaim[]) {
  return driverOn(undefined, ...claims);
}

/** The same with the claim `limited`, on a node that outlives it. */
export function limitingDriver(node = new MemoryNode()) {
  return { ...driverOn(node, limited), node };
}

function driverOn(node: MemoryNode | undefined, ...claims: PreparedClaim[]) {
  const store = new ClaimList(...claims);
  const owners = new ClaimOwners(store);
  const ports = {
    store,
    owners,
    containers: new Containers(store),
    podCgroups: new MemoryCgroups(),
    podBases: new MemoryBases(),
    ...(node === undefined ? {} : { memory: node }),
    events: new EventList(),
  };
  const parts = { ...ports, limits: new CgroupLimits(ports) };
  return {
    ...parts,
    adjusting: new AdjustContainers(parts),
    tending: new TendLimits(parts),
    ownerOf: ({ reference: { uid } }: PreparedClaim) => {
      const claim = store.get(uid);
      return claim && owners.owner(claim);
    },
  };
}

export function containerOf(name: string, ...claims: PreparedClaim[]): Container {
  const environment = ["PATH=/bin", ...claims.flatMap(environmentsOf).flatMap(encodeEnvironment)];
  return { id: containerId(`id-${name}`), name, environment, applied: { mems: "", hugetlbBytes: new Map() } };
}

export function existing(container: Container, mems: string, bytes2m?: bigint): ExistingContainer {
  const hugetlbBytes = new Map(bytes2m === undefined ? [] : [[page2m, bytes2m]]);
  return { ...container, sandbox, applied: { mems, hugetlbBytes } };
}

export function withMax(container: Container, max: bigint | "max", asked?: bigint): Container {
  const memory = max === "max" ? {} : { memory: { max } };
  return {
    ...container,
    applied: { ...container.applied, ...memory },
    ...(asked === undefined ? {} : { askedMemoryMax: asked }),
  };
}

/** Why a container was refused. */
export function message(outcome: AdjustmentOutcome): string {
  return outcome.kind === "refused" ? outcome.message : assert.fail(`not refused: ${Deno.inspect(outcome)}`);
}

export async function memoryOf(outcome: AdjustmentOutcome | Promise<AdjustmentOutcome>) {
  const decided = await outcome;
  return decided.kind === "adjusted" ? decided.adjustment.memory : assert.fail(message(decided));
}
