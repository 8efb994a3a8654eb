import { equal } from "../values/equal.ts";
import type { DeviceHealth } from "./health.ts";

/** The health of every device as it was found at some time. */
export interface HealthNotice {
  readonly devices: readonly DeviceHealth[];
  /** When it was found, in milliseconds since 1970. */
  readonly unixMilliseconds: number;
}

/** Holds the newest judgement of the devices' health for whoever wants to know. */
export class HealthBoard {
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #current: HealthNotice = { devices: [], unixMilliseconds: 0 };

  /** `now` gives the milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Without devices until the first {@link post}. */
  get current(): HealthNotice {
    return this.#current;
  }

  /** Puts up a judgement made now, and tells the listeners if it differs from the one before. */
  post(devices: readonly DeviceHealth[]): void {
    const changed = !equal(devices, this.#current.devices);
    this.#current = { devices, unixMilliseconds: this.#now() };
    if (!changed) return;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls back after each change until the returned function is called. A listener must not throw. */
  subscribe(listener: () => void): () => void {
    // A function of its own, so that one listener can be subscribed twice.
    const entry = () => listener();
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }
}
