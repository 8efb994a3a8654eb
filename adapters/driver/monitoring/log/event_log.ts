import type { Logger } from "@logtape/logtape";
import { rowOf } from "../../../../core/events/event_table.ts";
import type { DriverEvent, Events } from "../../../../core/events/events.ts";

/** Writes a log line for everything that happens. */
export class EventLog implements Events {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  emit(event: DriverEvent): void {
    const { level, message, fields } = rowOf(event);
    this.#log[level](message, fields?.(event));
  }
}
