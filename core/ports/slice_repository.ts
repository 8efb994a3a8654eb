import type { PublishedSlice, ResourceSliceSpec } from "../devices/resource_slice.ts";

/** What of a slice has an effect on this node and in this cluster. The server drops the rest without a word. */
export interface SliceSupport {
  readonly taints: boolean;
  readonly nodeAllocatable: NodeAllocatable;
}

/** Whether the scheduler and the kubelet count claims as memory and hugepages of the node (KEP-5517), or why not. */
export type NodeAllocatable = { readonly on: true } | { readonly on: false; readonly why: string };

/**
 * The ResourceSlices of this driver on this node, as the cluster holds them.
 *
 * Every method is bounded in time and throws `ClusterUnavailableError` when the cluster cannot be asked, and
 * {@link SliceConflictError} when the slice changed or went away meanwhile.
 */
export interface SliceRepository {
  list(): Promise<readonly PublishedSlice[]>;
  /** What is of use in a slice, as far as is known: found out by what the Node declares and by what was written. */
  support(): Promise<SliceSupport>;
  /** What the Node's annotation keeps from claims in place of what the driver was told; undefined where it has none. */
  nodeReservation(): Promise<string | undefined>;
  /** The server makes up the name. The slice is owned by the Node, so that it goes when the node goes. */
  create(spec: ResourceSliceSpec): Promise<void>;
  /** Replaces the spec of the slice, provided that it is still the one that was listed. */
  update(slice: PublishedSlice, spec: ResourceSliceSpec): Promise<void>;
  /** Deletes the slice; one that is gone already is no error. */
  remove(slice: PublishedSlice): Promise<void>;
  /**
   * Calls `onChange` whenever somebody created, changed or deleted one of the slices, from now until the signal
   * aborts. Broken watches are taken up again, each new one with a call of `onChange`, since changes may have
   * been missed in between. Resolves after the abort; never throws.
   */
  watch(onChange: () => void, signal: AbortSignal): Promise<void>;
}

/** The slice is not as it was listed; list again and decide anew. */
export class SliceConflictError extends Error {
  override name = "SliceConflictError";
}
