import { setTimeout as sleep } from "node:timers/promises";
import { ApiClaimSource } from "../../../adapters/driver/kubernetes/api_claim_source.ts";
import { ApiPodSource } from "../../../adapters/driver/kubernetes/api_pod_source.ts";
import { ApiSliceRepository } from "../../../adapters/driver/kubernetes/api_slice_repository.ts";
import { connectToCluster } from "../../../adapters/driver/kubernetes/connect.ts";
import type { KubernetesConnection } from "../../../adapters/driver/kubernetes/connection.ts";
import { usualBackoff } from "../../../cmd/daemon/watched_loop.ts";
import { DeviceInventory } from "../../../core/devices/inventory.ts";
import { noReservation } from "../../../core/devices/reservation.ts";
import type { Topology } from "../../../core/topology/topology.ts";
import { PublishDevices } from "../../../core/use_cases/publish_devices.ts";
import { driverName } from "../../../core/values/driver.ts";
import { ClusterUnavailableError } from "../../../core/ports/claim_source.ts";
import type { RequestedClaim } from "../../../core/ports/dra_service.ts";

/** What the driver of one node asks of the API server, by the driver's own code, on a connection of its own. */
export class SimulatedNode {
  readonly #connection: KubernetesConnection;
  readonly #publisher: PublishDevices;
  readonly #slices: ApiSliceRepository;
  readonly #claims: ApiClaimSource;
  readonly #pods: ApiPodSource;
  readonly #stopping = new AbortController();
  #watching: Promise<void> | undefined;
  /** How often the API server had no answer. */
  failures = 0;

  private constructor(name: string, connection: KubernetesConnection, topology: Topology) {
    this.#connection = connection;
    this.#slices = new ApiSliceRepository(connection, {
      nodeName: name,
      driver: driverName,
      watchFailed: () => {},
    });
    this.#publisher = new PublishDevices({
      topology: { read: () => Promise.resolve(topology) },
      slices: this.#slices,
      inventory: new DeviceInventory(name),
      reservation: noReservation,
      events: { emit: () => {} },
    });
    this.#claims = new ApiClaimSource(connection);
    this.#pods = new ApiPodSource(connection);
  }

  static async connect(name: string, kubeconfig: string, topology: Topology): Promise<SimulatedNode> {
    return new SimulatedNode(
      name,
      await connectToCluster({ kubeconfig, timeoutMilliseconds: 60_000 }),
      topology,
    );
  }

  /** As a driver starts: publishes the node's slices and watches them. Resolves when they are there. */
  async start(): Promise<void> {
    this.#watching = this.#slices.watch(() => {}, this.#stopping.signal);
    await this.resync();
  }

  /**
   * Looks whether the slices are as they are to be, as a driver does once a minute, and makes them so; again, with its
   * growing waits, for as long as the API server does not answer.
   */
  async resync(): Promise<void> {
    for (const backoff = usualBackoff();;) {
      try {
        await this.#publisher.refresh();
        return await this.#publisher.publish();
      } catch (error) {
        if (!(error instanceof ClusterUnavailableError)) throw error;
        this.failures++;
        await sleep(backoff.next());
      }
    }
  }

  /** The two requests of a claim that is prepared. */
  async prepare({ namespace, name }: RequestedClaim): Promise<void> {
    await this.#claims.claim(namespace, name);
    await this.#pods.pod(namespace, name);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
    this.#connection.close();
  }
}
