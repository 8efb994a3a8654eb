import { type Precondition, rowOf } from "./event_table.ts";
import type { DriverEvent, Events } from "./events.ts";

/** How it stands with a {@link Precondition}. */
export interface PreconditionState {
  readonly ready: boolean;
  /** What is there, or what is missing and why. */
  readonly text: string;
}

/** Knows from what happens whether the driver is doing its job, and what is missing when it is not. */
export class Readiness implements Events {
  readonly #states = new Map<Precondition, PreconditionState>([
    ["kubelet", missing("not registered with the kubelet yet")],
    ["runtime", missing("not connected to the container runtime yet")],
    ["slices", missing("ResourceSlices not published yet")],
  ]);

  /** How it stands with each. */
  get states(): ReadonlyMap<Precondition, PreconditionState> {
    return this.#states;
  }

  /** What is missing, with why; empty when the driver is ready. */
  get missing(): ReadonlyMap<Precondition, string> {
    const lacking = [...this.#states].filter(([, { ready }]) => !ready);
    return new Map(lacking.map(([part, { text }]) => [part, text]));
  }

  emit(event: DriverEvent): void {
    const { readiness } = rowOf(event);
    if (readiness === undefined) return;
    this.#states.set(readiness.of, { ready: readiness.ready, text: readiness.text(event) });
  }
}

function missing(text: string): PreconditionState {
  return { ready: false, text };
}
