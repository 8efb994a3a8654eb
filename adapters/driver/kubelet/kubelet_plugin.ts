import type { DraService } from "../../../core/ports/dra_service.ts";
import { removeAbandonedSockets } from "./abandoned_sockets.ts";
import { addDraService } from "./dra_server.ts";
import { healthServices, supportedVersions } from "../../protocols/kubelet/dra_versions.ts";
import type { DRAResourceHealthServer } from "../../protocols/kubelet/generated/dra_health.ts";
import { draPluginType } from "../../protocols/kubelet/plugin_type.ts";
import { addRegistrationService, type RegistrationObserver } from "./registration_server.ts";
import { sleep } from "../../shared/async/sleep.ts";
import type { SocketPaths } from "./socket_path.ts";
import { UnixGrpcServer } from "./unix_grpc_server.ts";

/** Told of the plugin's dealings with the kubelet. Must not throw and must not wait. */
export interface KubeletPluginObserver extends RegistrationObserver {
  /** Something at the sockets went wrong; the plugin goes on trying by itself. */
  onError(error: Error): void;
  /** A connection was ended because of what the gRPC library threw at it. */
  onThrown(error: unknown): void;
  /** The sockets are about to be looked after, at most some ten seconds after the last time. */
  onLook(): void;
}

/** What a {@link KubeletPlugin} is made of. */
export interface KubeletPluginOptions {
  readonly driver: string;
  readonly paths: SocketPaths;
  readonly service: DraService;
  /** Serves the health of devices in addition, and tells the kubelet so. */
  readonly health?: DRAResourceHealthServer;
  readonly observer: KubeletPluginObserver;
}

const pollMilliseconds = 500;
const maxBackoffMilliseconds = 10_000;
/** Other instances end now and then; {@link removeAbandonedSockets}. */
const abandonedEveryMilliseconds = 10_000;
/** Nobody knows the DRA socket yet, so nobody should be connected. */
const rollbackMilliseconds = 1_000;

/**
 * The driver as a plugin of the kubelet: the DRA service and the registration service, each on its socket.
 *
 * The sockets' files are looked after every 500 ms: when a directory was wiped, they are there again within a
 * second and the kubelet registers the driver anew. It is two lstat(2) a time, and unlike a watch it needs no inotify
 * instance, of which a node has few, and it cannot miss a directory that was removed and made again. A kubelet
 * that was only restarted finds the sockets where they are.
 */
export class KubeletPlugin {
  readonly #dra: UnixGrpcServer;
  readonly #registration: UnixGrpcServer;
  readonly #removeAbandoned: () => Promise<void>;
  readonly #observer: KubeletPluginObserver;
  readonly #stopping = new AbortController();
  #looking: Promise<void> | undefined;
  #registered = false;

  constructor({ driver, paths, service, health, observer }: KubeletPluginOptions) {
    this.#observer = observer;
    this.#removeAbandoned = () => removeAbandonedSockets(driver, paths);
    this.#dra = new UnixGrpcServer(paths.dra, (server) => {
      addDraService(server, service);
      if (health === undefined) return;
      for (const version of Object.values(healthServices)) server.addService(version, health);
    }, observer);
    const info = {
      type: draPluginType,
      name: driver,
      endpoint: paths.dra,
      supportedVersions: supportedVersions(health !== undefined),
    };
    this.#registration = new UnixGrpcServer(paths.registration, (server) => {
      addRegistrationService(server, info, {
        onRegistered: () => {
          this.#registered = true;
          observer.onRegistered();
        },
        onRefused: (reason) => {
          this.#registered = false;
          observer.onRefused(reason);
        },
      });
    }, observer);
  }

  /** Whether the kubelet has accepted the driver, as far as it said. */
  get registered(): boolean {
    return this.#registered;
  }

  /**
   * Serves the DRA socket, then puts the registration socket where the kubelet finds it. Does not wait for the
   * kubelet. Throws `UnixSocketError`; nothing is left behind then.
   */
  async start(): Promise<void> {
    await this.#dra.start();
    try {
      await this.#registration.start();
    } catch (error) {
      await this.#dra.withdraw();
      await this.#dra.stop(rollbackMilliseconds);
      throw error;
    }
    this.#looking = this.#lookAfterSockets();
  }

  /**
   * Removes the sockets, the registration first, lets running calls finish within the given time and ends what is
   * left. Throws `UnixSocketError` when a socket's file cannot be removed. A stopped plugin cannot be started again.
   */
  async stop(drainMilliseconds = 10_000): Promise<void> {
    this.#stopping.abort();
    await this.#looking;
    this.#registered = false;
    try {
      await this.#registration.withdraw();
      await this.#dra.withdraw();
    } finally {
      await Promise.all([this.#registration.stop(drainMilliseconds), this.#dra.stop(drainMilliseconds)]);
    }
  }

  async #lookAfterSockets(): Promise<void> {
    let wait = pollMilliseconds, untilAbandoned = 0;
    while (await sleep(wait, this.#stopping.signal)) {
      this.#observer.onLook();
      try {
        await this.#dra.restore();
        if (await this.#registration.restore()) this.#registered = false;
        untilAbandoned -= wait;
        if (untilAbandoned <= 0) {
          await this.#removeAbandoned();
          untilAbandoned = abandonedEveryMilliseconds;
        }
        wait = pollMilliseconds;
      } catch (error) {
        this.#observer.onError(error instanceof Error ? error : new Error(String(error)));
        wait = Math.min(wait * 2, maxBackoffMilliseconds);
      }
    }
  }
}
