import type { PublishedSlice, ResourceSliceSpec } from "../../../core/devices/resource_slice.ts";
import { numaNodeAttribute } from "../../../core/devices/slice_device.ts";
import { ClusterUnavailableError } from "../../../core/ports/claim_source.ts";
import {
  SliceConflictError,
  type SliceRepository,
  type SliceSupport,
} from "../../../core/ports/slice_repository.ts";
import { Backoff } from "../../shared/async/backoff.ts";
import { ApiStatusError, clusterUnavailable, isNotFound } from "./api_error.ts";
import { systemClock } from "./clock.ts";
import type { ApiRequest, KubernetesConnection } from "./connection.ts";
import { type NodeFacts, type NodeOwnerReference, readNode } from "./node_owner.ts";
import { slicePath, slicesPath } from "./resource_paths.ts";
import { droppedFields, type GatedField, readSliceList } from "./slice_mapping.ts";
import { sliceSupport } from "./slice_support.ts";
import { watchSlices } from "./slice_watch.ts";

export interface SliceRepositoryOptions {
  readonly nodeName: string;
  readonly driver: string;
  /** Told of every failure of a watch, which goes on all the same. */
  readonly watchFailed: (error: unknown) => void;
  /** Told of each turn of the watch: at least one in {@link longestWatchTurnMilliseconds} while it runs. */
  readonly watchTurned?: () => void;
  /** Between a broken watch and the next: from 100 ms to 30 s by default. */
  readonly watchBackoff?: Backoff;
  /** After which a silent watch is taken up anew: 120,000 by default, twice what lies between bookmarks. */
  readonly watchIdleMilliseconds?: number;
  /** After which the server ends a watch: 270 to 540 by default. */
  readonly watchTimeoutSeconds?: number;
}

const defaultWatchTimeoutSeconds = 540;
const defaultWatchIdleMilliseconds = 120_000;

/** Up to half of it shorter, so that the watches of many nodes that began together do not all end together. */
function spreadTimeoutSeconds(): number {
  return Math.round(defaultWatchTimeoutSeconds * (1 - Math.random() / 2));
}

/** By when a watch has come around, by default: the server ends it, or its silence does. Waits after failures come on top. */
export const longestWatchTurnMilliseconds = defaultWatchTimeoutSeconds * 1000 + defaultWatchIdleMilliseconds;

/** The node's ResourceSlices at the API server. */
export class ApiSliceRepository implements SliceRepository {
  readonly #connection: KubernetesConnection;
  readonly #options: SliceRepositoryOptions;
  readonly #fieldSelector: string;
  /** Asked for again with each listing: a Node that was made anew has another uid. */
  #node: Promise<NodeFacts> | undefined;
  /** What the Node said when it was last looked at; asked for again with each turn of the watch. */
  #said: Pick<NodeFacts, "declaredFeatures" | "reservation"> | undefined;
  /** What the API server dropped of what was written, since the watch last failed: then it may be another one. */
  readonly #dropped = new Set<GatedField>();
  /** How many slices each pool has, since the last listing. */
  #slicesOfPool = new Map<string, number>();

  constructor(connection: KubernetesConnection, options: SliceRepositoryOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#fieldSelector = `spec.nodeName=${options.nodeName},spec.driver=${options.driver}`;
  }

  async list(): Promise<PublishedSlice[]> {
    this.#node = undefined;
    const { slices } = readSliceList(await this.#listAll().catch((error) => this.#fail("list", error)));
    this.#slicesOfPool = new Map();
    for (const { spec } of slices) this.#nextIndex(spec.pool.name);
    return slices;
  }

  async support(): Promise<SliceSupport> {
    return sliceSupport((this.#said ?? await this.#readNode()).declaredFeatures, this.#dropped);
  }

  async nodeReservation(): Promise<string | undefined> {
    return (this.#said ?? await this.#readNode()).reservation;
  }

  async create(spec: ResourceSliceSpec): Promise<void> {
    const { driver, nodeName } = this.#options;
    const ownerReferences = [await this.#ownerReference()];
    // The scheduler goes through a pool's slices by name: the index keeps its devices in order.
    const index = this.#nextIndex(spec.pool.name).toString(16).padStart(5, "0");
    const metadata = { generateName: `${index}-${driver}-${nodeName}-`, ownerReferences };
    const body = resourceSlice(metadata, spec);
    this.#checkKept(spec, await this.#write("create", spec, { method: "POST", path: slicesPath, body }));
  }

  /** Labels and annotations that others gave to the slice are lost. */
  async update({ name, resourceVersion }: PublishedSlice, spec: ResourceSliceSpec): Promise<void> {
    const metadata = { name, resourceVersion, ownerReferences: [await this.#ownerReference()] };
    const body = resourceSlice(metadata, spec);
    this.#checkKept(spec, await this.#write("update", spec, { method: "PUT", path: slicePath(name), body }));
  }

  async remove({ name, resourceVersion }: PublishedSlice): Promise<void> {
    const body = { preconditions: { resourceVersion } };
    try {
      await this.#connection.exchange({ method: "DELETE", path: slicePath(name), body });
    } catch (error) {
      if (!isNotFound(error)) this.#fail("delete", error);
    }
  }

  watch(onChange: () => void, signal: AbortSignal): Promise<void> {
    const { watchFailed, watchTurned, watchBackoff, watchIdleMilliseconds, watchTimeoutSeconds } =
      this.#options;
    return watchSlices(
      {
        connection: this.#connection,
        fieldSelector: this.#fieldSelector,
        currentVersion: async () => readSliceList(await this.#listAll()).resourceVersion,
        failed: (error) => {
          this.#dropped.clear();
          watchFailed(error);
        },
        turned: () => {
          this.#said = undefined;
          watchTurned?.();
        },
        backoff: watchBackoff ?? new Backoff(100, 30_000, Math.random),
        clock: systemClock,
        timeoutSeconds: watchTimeoutSeconds ?? spreadTimeoutSeconds(),
        idleMilliseconds: watchIdleMilliseconds ?? defaultWatchIdleMilliseconds,
      },
      onChange,
      signal,
    );
  }

  #listAll(): Promise<unknown> {
    const query = new URLSearchParams({ fieldSelector: this.#fieldSelector });
    return this.#connection.exchange({ method: "GET", path: `${slicesPath}?${query}` });
  }

  async #ownerReference(): Promise<NodeOwnerReference> {
    return (await this.#readNode()).owner;
  }

  async #readNode(): Promise<NodeFacts> {
    this.#node ??= readNode(this.#connection, this.#options.nodeName);
    const node = await this.#node;
    this.#said = node;
    return node;
  }

  /** A server drops without a word what its feature gates do not allow. */
  #checkKept(sent: ResourceSliceSpec, answer: unknown): void {
    const dropped = droppedFields(sent, answer);
    for (const field of dropped) this.#dropped.add(field);
    if (!dropped.has("allowMultipleAllocations")) return;
    throw new ClusterUnavailableError(
      "Cannot publish devices that claims can share: the API server dropped allowMultipleAllocations " +
        "(turn on the feature gate DRAConsumableCapacity for API server, scheduler and kubelet)",
    );
  }

  #nextIndex(pool: string): number {
    const index = this.#slicesOfPool.get(pool) ?? 0;
    this.#slicesOfPool.set(pool, index + 1);
    return index;
  }

  /** Sends a request that writes. */
  async #write(task: string, spec: ResourceSliceSpec, request: ApiRequest): Promise<unknown> {
    try {
      return await this.#connection.exchange(request);
    } catch (error) {
      if (isListDropped(spec, error)) {
        throw new ClusterUnavailableError(
          `Cannot ${task} ResourceSlices with ${numaNodeAttribute} as a list: the API server drops lists (turn on the ` +
            "feature gate DRAListTypeAttributes for API server and scheduler, or leave --numa-node-list out)",
          { cause: error },
        );
      }
      return this.#fail(task, error);
    }
  }

  #fail(task: string, error: unknown): never {
    const what = `${task} the ResourceSlices of node ${this.#options.nodeName}`;
    const isConflict = error instanceof ApiStatusError && error.status === 409;
    if (!isConflict && !isNotFound(error)) throw clusterUnavailable(what, error);
    throw new SliceConflictError(`Cannot ${what}: they changed meanwhile`, { cause: error });
  }
}

/**
 * Whether a server refused devices since it dropped their lists: without the feature gate nothing of such an attribute is
 * left, and one without a value is invalid.
 */
function isListDropped({ devices }: ResourceSliceSpec, error: unknown): boolean {
  return error instanceof ApiStatusError && error.status === 422 &&
    error.message.includes(numaNodeAttribute) &&
    devices.some(({ attributes }) => Object.values(attributes).some((value) => "ints" in value));
}

function resourceSlice(metadata: object, spec: ResourceSliceSpec): object {
  return { apiVersion: "resource.k8s.io/v1", kind: "ResourceSlice", metadata, spec };
}
