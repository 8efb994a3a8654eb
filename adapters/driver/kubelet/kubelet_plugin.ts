import { dirname } from "node:path";
import type { DraService } from "../../../core/ports/dra_service.ts";
import { removeAbandonedSockets } from "./abandoned_sockets.ts";
import { addDraService } from "./dra_server.ts";
import { healthServices, supportedVersions } from "../../protocols/kubelet/dra_versions.ts";
import type { DRAResourceHealthServer } from "../../protocols/kubelet/generated/dra_health.ts";
import { draPluginType } from "../../protocols/kubelet/plugin_type.ts";
import { addRegistrationService, type RegistrationObserver } from "./registration_server.ts";
import { sleep } from "../../shared/async/sleep.ts";
import { DirectoryWatch } from "../../shared/files/directory_watch.ts";
import type { SocketPaths } from "./socket_path.ts";
import { UnixGrpcServer } from "./unix_grpc_server.ts";

/** Told of the plugin's dealings with the kubelet. Must not throw and must not wait. */
export interface KubeletPluginObserver extends RegistrationObserver {
  /** Something at the sockets went wrong; the plugin goes on trying by itself. */
  onError(error: Error): void;
  /** Somebody has connected to one of the sockets. */
  onConnection(): void;
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

/** Where the directories are watched a change wakes the plugin: this is for what a watch can miss. */
const watchedMilliseconds = 10_000;
/** Where they cannot be watched. */
const pollMilliseconds = 500;
/** Changes come together, and the sockets that this plugin itself puts in place are changes, too. */
const settleMilliseconds = 50;
const firstBackoffMilliseconds = 1_000, maxBackoffMilliseconds = 10_000;
/** Other instances end now and then; {@link removeAbandonedSockets}. */
const abandonedEveryMilliseconds = 10_000;
/** Nobody knows the DRA socket yet, so nobody should be connected. */
const rollbackMilliseconds = 1_000;

/**
 * The driver as a plugin of the kubelet: the DRA service and the registration service, each on its socket.
 *
 * The sockets' files are looked after: when a directory was wiped, they are there again within a second and the kubelet
 * registers the driver anew. Changes of their directories are told by inotify; every ten seconds they are looked at all
 * the same, and twice a second on a node that has no inotify instance left. A kubelet that was only restarted finds the
 * sockets where they are.
 */
export class KubeletPlugin {
  readonly #dra: UnixGrpcServer;
  readonly #registration: UnixGrpcServer;
  readonly #removeAbandoned: () => Promise<void>;
  readonly #watch: DirectoryWatch;
  readonly #observer: KubeletPluginObserver;
  readonly #stopping = new AbortController();
  #looking: Promise<void> | undefined;
  #registered = false;

  constructor({ driver, paths, service, health, observer }: KubeletPluginOptions) {
    this.#observer = observer;
    this.#removeAbandoned = () => removeAbandonedSockets(driver, paths);
    this.#watch = new DirectoryWatch([dirname(paths.dra), dirname(paths.registration)]);
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
    const { signal } = this.#stopping;
    let backoff = firstBackoffMilliseconds, abandonedAt = -Infinity;
    for (let wait = 0; await this.#woken(wait, signal);) {
      this.#observer.onLook();
      try {
        // Before the look, so that what changes after it wakes this again.
        this.#watch.open();
        const restored = [await this.#dra.restore(), await this.#registration.restore()];
        if (restored[1]) this.#registered = false;
        // The directories may be new ones, which are not watched yet.
        if (restored.includes(true)) {
          await this.#watch.close();
          wait = 0;
          continue;
        }
        if (performance.now() - abandonedAt >= abandonedEveryMilliseconds) {
          await this.#removeAbandoned();
          abandonedAt = performance.now();
        }
        wait = this.#watch.active ? watchedMilliseconds : pollMilliseconds;
        backoff = firstBackoffMilliseconds;
      } catch (error) {
        this.#observer.onError(error instanceof Error ? error : new Error(String(error)));
        wait = backoff;
        backoff = Math.min(backoff * 2, maxBackoffMilliseconds);
      }
    }
    await this.#watch.close();
  }

  /** After some time, or once something changed and a little later, since changes come together. */
  async #woken(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    return await this.#watch.wait(milliseconds, signal) && await sleep(settleMilliseconds, signal);
  }
}
