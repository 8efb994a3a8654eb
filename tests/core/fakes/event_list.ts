import type { DriverEvent, Events } from "../../../core/events/events.ts";

/** Remembers what happened. */
export class EventList implements Events {
  readonly list: DriverEvent[] = [];

  emit(event: DriverEvent): void {
    this.list.push(event);
  }

  kinds(): string[] {
    return this.list.map(({ kind }) => kind);
  }
}
