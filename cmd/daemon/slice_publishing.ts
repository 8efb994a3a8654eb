import { explain } from "../../adapters/driver/kubernetes/api_error.ts";
import {
  ApiSliceRepository,
  longestWatchTurnMilliseconds,
} from "../../adapters/driver/kubernetes/api_slice_repository.ts";
import type { KubernetesConnection } from "../../adapters/driver/kubernetes/connection.ts";
import { CountedSliceRepository } from "../../adapters/driver/monitoring/metrics/counted_slice_repository.ts";
import type { DriverMetrics } from "../../adapters/driver/monitoring/metrics/table.ts";
import { SysfsTopology } from "../../adapters/driver/sysfs/sysfs_topology.ts";
import type { LoopHealth } from "../../adapters/shared/async/loop_health.ts";
import type { ReconcileLoop } from "../../adapters/shared/async/reconcile_loop.ts";
import type { ClaimStore } from "../../core/claims/claim_store.ts";
import type { HealthBoard } from "../../core/devices/health_board.ts";
import type { DeviceInventory } from "../../core/devices/inventory.ts";
import type { Events } from "../../core/events/events.ts";
import { PublishDevices } from "../../core/use_cases/publish_devices.ts";
import { driverName } from "../../core/values/driver.ts";
import type { DriverOptions } from "./driver_options.ts";
import type { Part } from "./parts.ts";
import { usualSlackMilliseconds, watchedLoop } from "./watched_loop.ts";

/** What publishing slices is made of. */
export interface SlicePublishingOptions {
  readonly options: DriverOptions;
  readonly cluster: KubernetesConnection;
  readonly metrics: DriverMetrics;
  readonly loops: LoopHealth;
  readonly inventory: DeviceInventory;
  readonly health: { readonly board: HealthBoard; readonly store: ClaimStore };
  readonly events: Events;
}

/** Publishing the node's devices, wired: again and again, and at once when somebody changed the slices. */
export class SlicePublishing implements Part {
  /** What is done each time. */
  readonly publisher: PublishDevices;
  /** When it is done. */
  readonly loop: ReconcileLoop;
  readonly #slices: CountedSliceRepository;
  readonly #stopping = new AbortController();
  #watching: Promise<void> | undefined;

  constructor({ options, cluster, metrics, loops, inventory, health, events }: SlicePublishingOptions) {
    this.#slices = new CountedSliceRepository(
      new ApiSliceRepository(cluster, {
        nodeName: options.nodeName,
        driver: driverName,
        watchTurned: loops.watch("watching", longestWatchTurnMilliseconds + usualSlackMilliseconds),
        watchFailed: (error) => events.emit({ kind: "slice-watch-failed", message: explain(error) }),
      }),
      metrics,
    );
    this.publisher = new PublishDevices({
      topology: new SysfsTopology(options),
      slices: this.#slices,
      inventory,
      reservation: options.reservation,
      numaNodeForm: options.numaNodeList ? "list" : "scalar",
      health,
      events,
    });
    this.loop = watchedLoop(loops, {
      name: "publishing",
      turn: async () => {
        await this.publisher.refresh();
        await this.publisher.publish();
      },
      failed: (message) => events.emit({ kind: "slices-failed", message }),
      periodMilliseconds: options.resyncPeriod * 1000,
    });
  }

  start(): void {
    this.loop.start();
    this.#watching = this.#slices.watch(() => this.loop.ask(), this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.loop.stop();
    await this.#watching;
  }
}
