import type { PublishedSlice, ResourceSliceSpec } from "../../../core/devices/resource_slice.ts";
import {
  SliceConflictError,
  type SliceRepository,
  type SliceSupport,
} from "../../../core/ports/slice_repository.ts";

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
