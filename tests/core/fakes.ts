import type { ClaimStore } from "../../core/claims/claim_store.ts";
import { UsedBytes } from "../../core/claims/used_bytes.ts";
import type { PreparedClaim, ResourceClaim } from "../../core/claims/claim.ts";
import type { PublishedSlice, ResourceSliceSpec } from "../../core/devices/resource_slice.ts";
import {
  type CheckpointLook,
  type ClaimCheckpoint,
  ClaimCheckpointError,
  type DamagedCheckpoint,
} from "../../core/ports/claim_checkpoint.ts";
import type { ClaimSource } from "../../core/ports/claim_source.ts";
import type { PodUsage } from "../../core/claims/pod_usage.ts";
import type { HugepageCount, HugepageCounts } from "../../core/ports/hugepage_counts.ts";
import type { ClaimUid, ContainerId, NumaNodeId, PodUid } from "../../core/values/ids.ts";
import type { PodSource } from "../../core/ports/pod_source.ts";
import {
  type HugetlbLimit,
  type HugetlbLimits,
  PodCgroupError,
  type PodCgroups,
} from "../../core/ports/pod_cgroup.ts";
import type { BaseLimits, PodBases } from "../../core/ports/pod_bases.ts";
import type { DriverEvent, Events } from "../../core/events/events.ts";
import {
  SliceConflictError,
  type SliceRepository,
  type SliceSupport,
} from "../../core/ports/slice_repository.ts";
import { TopologyError, type TopologySource } from "../../core/ports/topology_source.ts";
import { formatPageSize, type PageSize } from "../../core/values/page_size.ts";
import type { ResourceName } from "../../core/values/resource_name.ts";
import type { Topology } from "../../core/topology/topology.ts";

/** Remembers what happened. */
export class EventList implements Events {
  readonly list: DriverEvent[] = [];

  emit(event: DriverEvent): void {
    this.list.push(event);
  }

  kinds(): string[] {
    return this.list.map(({ kind }) => kind);
  }
}

/** A checkpoint in memory, which answers after as long as `answering` takes and fails when told to. */
export class MemoryCheckpoint implements ClaimCheckpoint {
  readonly stored = new Map<ClaimUid, PreparedClaim>();
  damaged: readonly DamagedCheckpoint[] = [];
  answering: () => Promise<void> = () => Promise.resolve();
  /** Whether there is something to be seen: at the start. */
  unseen = true;
  /** The error of the next call, which then does nothing. */
  failing: (call: "save" | "remove") => Error | undefined = () => undefined;

  look(): Promise<CheckpointLook | undefined> {
    if (!this.unseen) return Promise.resolve(undefined);
    this.unseen = false;
    const entries = [...this.stored].map(([uid, claim]) =>
      [uid, { version: versionOf(claim), claim }] as const
    );
    return Promise.resolve({ entries: new Map(entries), damaged: this.damaged });
  }

  has(uid: ClaimUid): Promise<boolean> {
    return Promise.resolve(this.stored.has(uid));
  }

  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return task();
  }

  async save(claim: PreparedClaim): Promise<void> {
    await this.#attempt("save");
    this.stored.set(claim.reference.uid, claim);
  }

  async remove(uid: ClaimUid): Promise<void> {
    await this.#attempt("remove");
    this.stored.delete(uid);
  }

  async #attempt(call: "save" | "remove"): Promise<void> {
    await this.answering();
    const error = this.failing(call);
    if (error !== undefined) throw error;
  }

  deviceId({ reference }: PreparedClaim, request: string): string {
    return `dra.memory/claim=${reference.uid}_${request}`;
  }
}

export const diskFull = new ClaimCheckpointError("Cannot write the checkpoint: no space left");

/** Another one for each claim that is stored. */
function versionOf(claim: PreparedClaim): string {
  const known = versions.get(claim) ?? crypto.randomUUID();
  versions.set(claim, known);
  return known;
}

const versions = new WeakMap<PreparedClaim, string>();

/** The claims of a cluster, which answers after as long as `answering` takes, or fails. */
export class ClusterClaims implements ClaimSource {
  readonly claims = new Map<string, ResourceClaim>();
  readonly asked: string[] = [];
  answering: (name: string) => Promise<void> = () => Promise.resolve();

  constructor(...claims: readonly ResourceClaim[]) {
    for (const claim of claims) this.claims.set(claim.reference.name, claim);
  }

  async claim(_namespace: string, name: string): Promise<ResourceClaim | undefined> {
    this.asked.push(name);
    await this.answering(name);
    return this.claims.get(name);
  }
}

/** Pods that use a claim of any name with the same containers. */
export class ClusterPods implements PodSource {
  containers: readonly string[] = ["app"];
  /** Where these have volumes. */
  paths: readonly string[] = [];
  hasUserNamespace = false;
  /** What the pods themselves limit. */
  limited: readonly ResourceName[] | undefined;
  uid: string | undefined;

  constructor(private readonly pods: () => Iterable<ResourceClaim>) {}

  pod(_namespace: string, name: string): Promise<PodUsage | undefined> {
    const claims = [...this.pods()].filter(({ reservedFor }) => reservedFor.some((pod) => pod.name === name));
    const [pod] = claims.flatMap(({ reservedFor }) =>
      reservedFor.filter((reserved) => reserved.name === name)
    );
    if (pod === undefined) return Promise.resolve(undefined);
    const names = claims.map(({ reference }) => reference.name);
    return Promise.resolve({
      uid: this.uid ?? pod.uid,
      containers: this.containers.map((container) => ({
        name: container,
        claims: names.map((name) => ({ name })),
        paths: this.paths,
      })),
      claimNames: new Map(names.map((claim) => [claim, claim])),
      ...(this.limited === undefined ? {} : { limited: this.limited }),
      hasUserNamespace: this.hasUserNamespace,
    });
  }
}

/** Free hugepages by size and node, as in `2m-0`; of other pools nothing can be read. */
export class FreePages implements HugepageCounts {
  readonly asked: string[] = [];

  constructor(readonly free: Record<string, bigint>, private readonly total = 16n) {}

  count(numaNode: NumaNodeId, pageSize: PageSize): Promise<HugepageCount> {
    const pool = `${formatPageSize(pageSize)}-${numaNode}`, free = this.free[pool];
    this.asked.push(pool);
    if (free === undefined) return Promise.reject(new TopologyError(pool, "there is no such pool"));
    return Promise.resolve({ free, total: this.total });
  }
}

/** Slices in memory, which fail at the n-th write when told to. */
export class MemorySlices implements SliceRepository {
  slices: readonly PublishedSlice[] = [];
  writes = 0;
  failure: { readonly atWrite: number; readonly error: Error } | undefined;
  supported: SliceSupport = {
    taints: true,
    nodeAllocatable: { on: false, why: "the node does not declare it" },
  };
  /** What the Node says. */
  reservation: string | undefined;
  #created = 0;

  nodeReservation(): Promise<string | undefined> {
    return Promise.resolve(this.reservation);
  }

  support(): Promise<SliceSupport> {
    return Promise.resolve(this.supported);
  }

  list(): Promise<readonly PublishedSlice[]> {
    return Promise.resolve(this.slices);
  }

  create(spec: ResourceSliceSpec): Promise<void> {
    return this.#write(
      () => [...this.slices, { name: `slice-${this.#created++}`, resourceVersion: "1", spec }],
    );
  }

  update(slice: PublishedSlice, spec: ResourceSliceSpec): Promise<void> {
    return this.#write(() => {
      if (!this.slices.includes(slice)) throw new SliceConflictError("The slice changed");
      const changed = { ...slice, resourceVersion: `${Number(slice.resourceVersion) + 1}`, spec };
      return this.slices.map((other) => other === slice ? changed : other);
    });
  }

  remove(slice: PublishedSlice): Promise<void> {
    return this.#write(() => this.slices.filter(({ name }) => name !== slice.name));
  }

  watch(): Promise<void> {
    return Promise.resolve();
  }

  async #write(change: () => readonly PublishedSlice[]): Promise<void> {
    await Promise.resolve();
    if (this.failure?.atWrite === this.writes) throw this.failure.error;
    this.slices = change();
    this.writes++;
  }
}

/** A machine whose topology can be exchanged. */
export class SampleTopology implements TopologySource {
  constructor(public topology: Topology) {}

  read(): Promise<Topology> {
    return Promise.resolve(this.topology);
  }
}

/** Pod cgroups in memory, each with the same limits at first. */
export class MemoryCgroups implements PodCgroups {
  readonly limits = new Map<string, HugetlbLimits>();
  initial: HugetlbLimits = { usage: 0n, reservation: 0n };
  failure: Error | undefined;
  /** A cgroup that cannot be written. */
  gone = "";
  writes = 0;

  async readHugetlb(cgroupParent: string, pageSize: PageSize): Promise<HugetlbLimits> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    return this.limits.get(`${cgroupParent} ${formatPageSize(pageSize)}`) ?? this.initial;
  }

  /** What pods use, by their cgroups. */
  readonly usage = new Map<string, bigint>();

  async readHugetlbUsage(cgroupParent: string): Promise<bigint> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    return this.usage.get(cgroupParent) ?? 0n;
  }

  async writeHugetlb(cgroupParent: string, pageSize: PageSize, limits: HugetlbLimits): Promise<void> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    if (cgroupParent === this.gone) throw new PodCgroupError(`Cannot write to ${cgroupParent}: it is gone`);
    this.writes++;
    this.limits.set(`${cgroupParent} ${formatPageSize(pageSize)}`, limits);
  }

  async writeContainerHugetlb(
    cgroupParent: string,
    container: ContainerId,
    pageSize: PageSize,
    limits: HugetlbLimits,
  ): Promise<void> {
    await this.writeHugetlb(`${cgroupParent}/${container}`, pageSize, limits);
  }

  /** The limit of use of 2 MiB pages. */
  usage2m(cgroupParent: string): HugetlbLimit | undefined {
    return this.limits.get(`${cgroupParent} 2m`)?.usage;
  }
}

/** What the kubelet set, as one instance of the driver keeps it for the next. */
export class MemoryBases implements PodBases {
  readonly kept = new Map<PodUid, BaseLimits>();

  load(): Promise<ReadonlyMap<PodUid, BaseLimits>> {
    return Promise.resolve(this.kept);
  }

  keep(pod: PodUid, limits: BaseLimits): void {
    this.kept.set(pod, new Map(limits));
  }

  forget(pod: PodUid): void {
    this.kept.delete(pod);
  }
}

/** Prepared claims that are as a test says, and whose checkpoint nobody changes. */
export class ClaimList
  implements Pick<ClaimStore, "get" | "holds" | "size" | "claims" | "usedBytes" | "damaged" | "sync"> {
  readonly damaged = new Set<string>();
  readonly #claims = new Map<ClaimUid, PreparedClaim>();

  constructor(...claims: readonly PreparedClaim[]) {
    for (const claim of claims) this.add(claim);
  }

  add(claim: PreparedClaim): void {
    this.#claims.set(claim.reference.uid, claim);
  }

  remove(uid: ClaimUid): void {
    this.#claims.delete(uid);
  }

  get(uid: ClaimUid): PreparedClaim | undefined {
    return this.#claims.get(uid);
  }

  holds(claim: PreparedClaim): boolean {
    return this.get(claim.reference.uid) === claim;
  }

  get size(): number {
    return this.#claims.size;
  }

  claims(): IterableIterator<PreparedClaim> {
    return this.#claims.values();
  }

  usedBytes(device: string): bigint {
    return new UsedBytes(this.claims()).of(device);
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }
}
