import type { ContainerId } from "../values/ids.ts";
import type { Placement } from "../ports/container_service.ts";

/** What the runtime was told to give to each container that exists and holds claims. */
export class Placements {
  readonly #placements = new Map<ContainerId, Placement>();

  get(id: ContainerId): Placement | undefined {
    return this.#placements.get(id);
  }

  set(id: ContainerId, placement: Placement): void {
    this.#placements.set(id, placement);
  }

  /** A container is gone. */
  remove(id: ContainerId): void {
    this.#placements.delete(id);
  }

  /** Every container but the given ones is gone. */
  containersExist(existing: ReadonlySet<ContainerId>): void {
    for (const id of this.#placements.keys()) if (!existing.has(id)) this.#placements.delete(id);
  }
}
