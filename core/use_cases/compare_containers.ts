import type { ClaimStore } from "../claims/claim_store.ts";
import type { Events } from "../events/events.ts";
import type { ContainerMemorySource } from "../ports/container_memory.ts";
import { differenceOf, type DifferenceReason } from "../status/difference.ts";
import { claimedContainers, type StatusSources } from "../status/driver_status.ts";
import { reportOn } from "../status/node_report.ts";

/** What comparing works with. */
export interface CompareContainersPorts extends Pick<StatusSources, "containers" | "limitsRestored"> {
  readonly store: Pick<ClaimStore, "holds">;
  /** A new one for each look: one looks for pods once. */
  readonly memory: () => ContainerMemorySource;
  readonly events: Events;
}

/**
 * Looks from time to time whether the containers that hold claims have what they were promised, as `dramemory status`
 * does when it is asked. Tells when they begin to differ in other ways than before, not at each look.
 */
export class CompareContainers {
  readonly #ports: CompareContainersPorts;
  #differing: ReadonlyMap<DifferenceReason, number> = new Map();

  constructor(ports: CompareContainersPorts) {
    this.#ports = ports;
  }

  /** How many containers differed at the last look, by reason; one can differ in several. */
  get differing(): ReadonlyMap<DifferenceReason, number> {
    return this.#differing;
  }

  async run(): Promise<void> {
    const { store, containers, limitsRestored, memory, events } = this.#ports;
    const claimed = claimedContainers(store, containers, limitsRestored);
    const { containers: reports } = claimed.length === 0
      ? { containers: [] }
      : await reportOn([{ devices: [], claims: [], containers: claimed }], memory());
    const counts = new Map<DifferenceReason, number>();
    const names: string[] = [];
    for (const { comparisons, pod, name } of reports) {
      const reasons = new Set(comparisons.filter(({ differs }) => differs).map(differenceOf));
      for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      if (reasons.size > 0) names.push(`${pod.namespace}/${pod.name}/${name}`);
    }
    const isNew = [...counts].some(([reason, count]) => count > (this.#differing.get(reason) ?? 0));
    this.#differing = counts;
    if (!isNew) return;
    events.emit({
      kind: "containers-differ",
      containers: names.slice(0, namesTold),
      count: names.length,
      reasons: [...counts.keys()],
    });
  }
}

/** So that a line of the log stays short: `dramemory status` has all of them. */
const namesTold = 5;
