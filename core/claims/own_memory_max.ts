import type { Adjustment, Container, ExistingContainer } from "../ports/container_service.ts";
import type { ContainerId } from "../values/ids.ts";
import type { MemoryLimit } from "./memory_limits.ts";
import type { RaisedLimits } from "./raised_limits.ts";

/**
 * What the kubelet set of containers' `memory.max`, which their claims come on top of. The runtime says what a container
 * has at most, and not how much of that is the kubelet's.
 */
export class OwnMemoryMax {
  readonly #raised: RaisedLimits | undefined;

  /** Without raised limits the memory of containers is left alone. */
  constructor(raised: RaisedLimits | undefined) {
    this.#raised = raised;
  }

  /** In bytes, or without a limit. */
  of({ id, applied: { memory: { max = "max" } = {} }, askedMemoryMax }: Container): MemoryLimit {
    return askedMemoryMax ?? this.#raised?.base(keyOf(id), max) ?? max;
  }

  /** Keeps what a container has of its own before it gets what an adjustment says. */
  async keep(container: Container, { memory }: Adjustment): Promise<void> {
    if (memory?.max === undefined) return;
    await this.#raised?.set(keyOf(container.id), { base: this.of(container), written: memory.max });
  }

  async forget(id: ContainerId): Promise<void> {
    await this.#raised?.forget([keyOf(id)]);
  }

  /** Forgets the containers that exist no more. */
  async keepOnly(existing: readonly Pick<ExistingContainer, "id">[]): Promise<void> {
    const own: ReadonlySet<string> = new Set(existing.map(({ id }) => keyOf(id)));
    const keys = this.#raised?.keys().filter((key) => key.startsWith(keyPrefix) && !own.has(key)) ?? [];
    await this.#raised?.forget(keys);
  }
}

/** No path of a cgroup, as the limits of pods are kept by, begins with it. */
const keyPrefix = "container ";

function keyOf(id: ContainerId): string {
  return `${keyPrefix}${id}`;
}
