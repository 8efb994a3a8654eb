import type { Logger } from "@logtape/logtape";
import { rowOf } from "../../../../core/events/event_table.ts";
import type { DriverEvent, Events } from "../../../../core/events/events.ts";
import { Repeats } from "./repeats.ts";

/** Longer than what the driver has to say; names and messages of others can be of any length. */
const maxFieldLength = 1_000;

/**
 * Writes a log line for what happens. Of events that pods and callers can cause as often as they like, those with a
 * subject in the table, each subject is told once in a while, with how many were left out.
 */
export class EventLog implements Events {
  readonly #log: Logger;
  readonly #repeats: Repeats;

  constructor(log: Logger, repeats = new Repeats(() => performance.now())) {
    this.#log = log;
    this.#repeats = repeats;
  }

  emit(event: DriverEvent): void {
    const { level, message, fields, subject } = rowOf(event);
    const untold = subject === undefined ? 0 : this.#repeats.tell(event.kind, subject(event));
    if (untold === undefined) return;
    const bounded = Object.entries(fields?.(event) ?? {}).map(([key, value]) => [key, shortened(value)]);
    this.#log[level](message, { ...Object.fromEntries(bounded), ...(untold === 0 ? {} : { untold }) });
  }
}

function shortened(value: string | number): string | number {
  if (typeof value === "number" || value.length <= maxFieldLength) return value;
  return `${value.slice(0, maxFieldLength)}…`;
}
