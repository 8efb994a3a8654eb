import { driverMetrics } from "../../../../../adapters/driver/monitoring/metrics/table.ts";
import { Readiness } from "../../../../../core/events/readiness.ts";
import { DeviceInventory } from "../../../../../core/devices/inventory.ts";
import { ClaimList } from "../../../../core/fakes/claim_list.ts";
import { nodeName } from "../../../../core/samples.ts";

/** The driver's metrics with what their gauges are read from. */
export function newMetrics() {
  const store = new ClaimList();
  const inventory = new DeviceInventory(nodeName);
  const build = { version: "1.2.3", deno: "2.9.4", arch: "x86_64" };
  const readiness = new Readiness();
  const metrics = driverMetrics({
    store: () => store,
    inventory,
    readiness,
    differing: () => new Map(),
    build,
  });
  return { store, inventory, readiness, metrics };
}

/** A clock that stands still until it is told to go on. */
export class ManualClock {
  milliseconds = 0;

  readonly now = () => this.milliseconds;
}
