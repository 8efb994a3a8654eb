import type { DriverEvent, Recorder } from "./events.ts";

/** What must stand before the driver does its job. */
export type Precondition = "kubelet" | "runtime" | "slices";

/** How it stands with a {@link Precondition}. */
export interface PreconditionState {
  readonly ready: boolean;
  /** What is there, or what is missing and why. */
  readonly text: string;
}

/** Knows from what happens whether the driver is doing its job, and what is missing when it is not. */
export class Readiness implements Recorder {
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

  record(event: DriverEvent): void {
    switch (event.kind) {
      case "kubelet-registered":
        this.#states.set("kubelet", there("registered"));
        break;
      case "kubelet-lost":
        this.#states.set("kubelet", missing(event.message));
        break;
      case "runtime-standby":
        this.#states.set("runtime", there("standing by: another instance acts towards the runtime"));
        break;
      case "runtime-connected":
        this.#states.set("runtime", there(`connected to ${event.runtime}`));
        break;
      case "runtime-lost":
        this.#states.set("runtime", missing(event.message));
        break;
      case "slices-published":
        this.#states.set("slices", there(`published with ${event.devices} devices`));
        break;
      case "slices-failed":
        this.#states.set("slices", missing(event.message));
        break;
    }
  }
}

function there(text: string): PreconditionState {
  return { ready: true, text };
}

function missing(text: string): PreconditionState {
  return { ready: false, text };
}
