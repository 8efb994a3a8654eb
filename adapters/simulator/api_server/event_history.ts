import type { ApiObject } from "./api_object.ts";
import type { Resource } from "./resources.ts";
import { expired } from "./status.ts";

/** One change of one object. */
export interface ObjectEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly resource: Resource;
  /** The object after the change, with the change's own resource version; after a removal as it was last. */
  readonly object: ApiObject;
}

/** How many changes are kept for watches that come back. */
const capacity = 1_000;

/** The latest changes in order, and those who listen for the next ones. */
export class EventHistory {
  readonly #listeners = new Set<(event: ObjectEvent) => void>();
  #events: ObjectEvent[] = [];
  /** The newest version of which the changes are not kept any more. */
  #forgotten = 0;

  append(event: ObjectEvent): void {
    this.#events.push(event);
    if (this.#events.length > capacity) this.#forget(this.#events.length - capacity);
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** The changes after a version. Throws `StatusError` 410 when they are not all kept. */
  since(version: number): ObjectEvent[] {
    if (version < this.#forgotten) throw expired(`${version} (${this.#forgotten})`);
    return this.#events.filter((event) => versionOf(event) > version);
  }

  /** Forgets everything, as etcd does when it is compacted. */
  compact(): void {
    this.#forget(this.#events.length);
  }

  /** Calls the listener for every change from now on; returns what ends that. */
  listen(listener: (event: ObjectEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #forget(count: number): void {
    const last = this.#events[count - 1];
    if (last !== undefined) this.#forgotten = versionOf(last);
    this.#events = this.#events.slice(count);
  }
}

function versionOf({ object }: ObjectEvent): number {
  return Number(object.metadata.resourceVersion);
}
