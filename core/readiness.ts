import type { DriverEvent, Recorder } from "./ports/recorder.ts";

/** What must stand before the driver does its job. */
export type Precondition = "kubelet" | "runtime" | "slices";

/** Knows from what happens whether the driver is doing its job, and what is missing when it is not. */
export class Readiness implements Recorder {
  readonly #missing = new Map<Precondition, string>([
    ["kubelet", "not registered with the kubelet yet"],
    ["runtime", "not connected to the container runtime yet"],
    ["slices", "ResourceSlices not published yet"],
  ]);

  /** What is missing, with why; empty when the driver is ready. */
  get missing(): ReadonlyMap<Precondition, string> {
    return this.#missing;
  }

  record(event: DriverEvent): void {
    switch (event.kind) {
      case "kubelet-registered":
        this.#missing.delete("kubelet");
        break;
      case "kubelet-lost":
        this.#missing.set("kubelet", event.message);
        break;
      case "runtime-standby":
      case "runtime-connected":
        this.#missing.delete("runtime");
        break;
      case "runtime-lost":
        this.#missing.set("runtime", event.message);
        break;
      case "slices-published":
        this.#missing.delete("slices");
        break;
      case "slices-failed":
        this.#missing.set("slices", event.message);
        break;
    }
  }
}
