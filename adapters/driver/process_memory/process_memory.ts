import type { DriverEvent, Events } from "../../../core/events/events.ts";
import { giveMemoryBack } from "./give_back.ts";
import { QuietMoment } from "./quiet_moment.ts";

/** What takes memory for a while: the start, and work for claims. What a driver does that has no work does not. */
const causes: ReadonlySet<DriverEvent["kind"]> = new Set([
  "kubelet-registered",
  "containers-synchronized",
  "claim-prepared",
  "claim-unprepared",
  "claim-refused",
  "container-adjusted",
]);

/** Gives the memory back that a burst of work took, once that is over. */
export class ProcessMemory implements Events {
  readonly #quiet: QuietMoment;

  constructor(
    quiet = new QuietMoment({ residentBytes: () => Deno.memoryUsage().rss, act: giveMemoryBack }),
  ) {
    this.#quiet = quiet;
  }

  emit({ kind }: DriverEvent): void {
    if (causes.has(kind)) this.worked();
  }

  /** Something took memory that no event tells of, such as a connection that nothing was asked through. */
  worked(): void {
    this.#quiet.happened();
  }

  stop(): void {
    this.#quiet.stop();
  }
}
