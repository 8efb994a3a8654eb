import type { PublishedSlice, ResourceSliceSpec } from "../../../../core/devices/resource_slice.ts";
import type { SliceRepository, SliceSupport } from "../../../../core/ports/slice_repository.ts";
import { countingErrors } from "./api_errors.ts";
import type { sliceWrites } from "./labels.ts";
import type { DriverMetrics } from "./table.ts";

/** Counts what is written of ResourceSlices, and what fails. */
export class CountedSliceRepository implements SliceRepository {
  readonly #inner: SliceRepository;
  readonly #metrics: DriverMetrics;

  constructor(inner: SliceRepository, metrics: DriverMetrics) {
    this.#inner = inner;
    this.#metrics = metrics;
  }

  list(): Promise<readonly PublishedSlice[]> {
    return countingErrors(this.#metrics, "list_slices", this.#inner.list());
  }

  support(): Promise<SliceSupport> {
    return this.#inner.support();
  }

  nodeReservation(): Promise<string | undefined> {
    return this.#inner.nodeReservation();
  }

  create(spec: ResourceSliceSpec): Promise<void> {
    return this.#written("create", this.#inner.create(spec));
  }

  update(slice: PublishedSlice, spec: ResourceSliceSpec): Promise<void> {
    return this.#written("update", this.#inner.update(slice, spec));
  }

  remove(slice: PublishedSlice): Promise<void> {
    return this.#written("delete", this.#inner.remove(slice));
  }

  /** Passed on as it is: a watch goes on by itself, and its owner is told of what fails. */
  watch(onChange: () => void, signal: AbortSignal): Promise<void> {
    return this.#inner.watch(onChange, signal);
  }

  async #written(kind: typeof sliceWrites[number], write: Promise<void>): Promise<void> {
    await countingErrors(this.#metrics, `${kind}_slice`, write);
    this.#metrics.sliceWrites.of({ kind }).add();
  }
}
