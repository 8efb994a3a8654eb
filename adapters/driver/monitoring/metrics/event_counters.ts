import { type EventRow, eventTable, rowOf } from "../../../../core/events/event_table.ts";
import type { DriverEvent, Events } from "../../../../core/events/events.ts";
import { refusalReasons } from "../../../../core/events/refusal_reason.ts";
import type { MetricRegistry } from "./registry.ts";
import type { Counter } from "./series.ts";

/** Counts what happens: a counter for each row of the table of events that has one. */
export class EventCounters implements Events {
  readonly #counters = new Map<string, (event: DriverEvent) => Counter>();

  constructor(registry: MetricRegistry) {
    const rows: EventRow<DriverEvent>[] = Object.values(eventTable) as EventRow<DriverEvent>[];
    for (const { counter } of rows) {
      if (counter === undefined || this.#counters.has(counter.name)) continue;
      const { name, help, reason } = counter;
      const head = { name: `dramemory_${name}_total`, help };
      if (reason === undefined) {
        const series = registry.counter(head);
        this.#counters.set(name, () => series);
      } else {
        const family = registry.counters({ ...head, labels: { reason: refusalReasons } });
        this.#counters.set(name, (event) => family.of({ reason: reason(event) }));
      }
    }
  }

  emit(event: DriverEvent): void {
    const { counter } = rowOf(event);
    if (counter !== undefined) this.#counters.get(counter.name)?.(event).add(counter.by?.(event) ?? 1);
  }
}
