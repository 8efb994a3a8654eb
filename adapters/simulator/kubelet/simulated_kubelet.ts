import type { PrepareOutcome, RequestedClaim, UnprepareOutcome } from "../../../core/ports/dra_service.ts";
import type { DraVersion } from "../../protocols/kubelet/dra_versions.ts";
import type { DeviceHealth } from "../../protocols/kubelet/generated/dra_health.ts";
import { sleep } from "../../shared/async/sleep.ts";
import { DraClient } from "./dra_client.ts";
import { healthReports, type HealthVersion } from "./health_reports.ts";
import {
  type AcceptedPlugin,
  registerPlugin,
  type RegistrationDeadlines,
  usualDeadlines,
} from "./plugin_registration.ts";
import { pluginSockets } from "./plugin_sockets.ts";
import { messageOf } from "../../../core/values/message_of.ts";

/** The simulated kubelet was asked for something that it cannot do. */
export class SimulatedKubeletError extends Error {
  override name = "SimulatedKubeletError";
}

const firstRetryMilliseconds = 250;
const lastRetryMilliseconds = 10_000;

interface Registered extends AcceptedPlugin {
  readonly socket: string;
  readonly client: DraClient;
}

interface Refused {
  readonly socket: string;
  readonly error: unknown;
  readonly retryMilliseconds: number;
  readonly retryAt: number;
}

/**
 * The kubelet as far as a DRA driver meets it: finds the sockets in its plugin directory, registers what is behind
 * them, and calls the drivers.
 *
 * Of several instances of a driver it calls the one that was registered last, as the kubelet does in a rolling
 * update.
 */
export class SimulatedKubelet {
  readonly #registry: string;
  readonly #scanMilliseconds: number;
  readonly #deadlines: RegistrationDeadlines;
  /** By registration socket, in the order of registration. */
  readonly #plugins = new Map<string, Registered>();
  readonly #refused = new Map<string, Refused>();
  /** Connections to plugins that went away, while calls are under way. */
  readonly #leaving = new Map<DraClient, Promise<void>>();
  #stopping = new AbortController();
  #scanning: Promise<void> | undefined;

  /** `root` is what the driver knows as `--kubelet-root`. It is looked at every 25 ms unless told. */
  constructor(
    { root, scanMilliseconds = 25, deadlines = usualDeadlines }: {
      readonly root: string;
      readonly scanMilliseconds?: number;
      readonly deadlines?: RegistrationDeadlines;
    },
  ) {
    this.#deadlines = deadlines;
    this.#registry = `${root}/plugins_registry`;
    this.#scanMilliseconds = scanMilliseconds;
  }

  /** Makes the plugin directory and watches it from now on. */
  async start(): Promise<void> {
    await Deno.mkdir(this.#registry, { recursive: true, mode: 0o750 });
    this.#stopping = new AbortController();
    this.#scanning = this.#scanAgainAndAgain(this.#stopping.signal);
  }

  /** Ends every connection and call. Plugins are not told, as little as by a kubelet that exits. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#scanning;
    for (const path of this.#plugins.keys()) this.#forget(path);
    this.#refused.clear();
    for (const client of this.#leaving.keys()) client.cancel();
    await Promise.all(this.#leaving.values());
  }

  /** Forgets everything and registers the sockets that it finds anew, as a kubelet that starts again. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Waits until a driver is registered. Throws {@link SimulatedKubeletError} after the given time. */
  async registered(driver: string, timeoutMilliseconds = 10_000): Promise<AcceptedPlugin> {
    const end = Date.now() + timeoutMilliseconds;
    for (;;) {
      const plugin = this.#newest(driver);
      if (plugin !== undefined) return plugin;
      if (Date.now() >= end || !await sleep(this.#scanMilliseconds, this.#stopping.signal)) {
        throw this.#unknown(driver);
      }
    }
  }

  /**
   * Prepares claims as for a pod that is about to start, in the newest version that the driver knows unless told.
   * Throws {@link SimulatedKubeletError}, `DraAnswerError` and `GrpcCallError`.
   */
  async prepare(
    driver: string,
    claims: readonly RequestedClaim[],
    version?: DraVersion,
  ): Promise<Map<string, PrepareOutcome>> {
    const plugin = this.#known(driver);
    return await plugin.client.prepare(version ?? plugin.versions[0], claims);
  }

  /** Gives claims back as after a pod's end, otherwise as {@link prepare}. */
  async unprepare(
    driver: string,
    claims: readonly RequestedClaim[],
    version?: DraVersion,
  ): Promise<Map<string, UnprepareOutcome>> {
    const plugin = this.#known(driver);
    return await plugin.client.unprepare(version ?? plugin.versions[0], claims);
  }

  /**
   * The lists of devices and their health that a driver sends, until the kubelet is stopped. To be read to the end
   * or broken off. Throws {@link SimulatedKubeletError}.
   */
  health(driver: string, version: HealthVersion = "v1"): AsyncGenerator<readonly DeviceHealth[]> {
    return healthReports(this.#known(driver).endpoint, version, this.#stopping.signal);
  }

  #newest(driver: string): Registered | undefined {
    return [...this.#plugins.values()].findLast((plugin) => plugin.driver === driver);
  }

  #known(driver: string): Registered {
    const plugin = this.#newest(driver);
    if (plugin === undefined) throw this.#unknown(driver);
    return plugin;
  }

  #unknown(driver: string): SimulatedKubeletError {
    const reasons = [...this.#refused.values()].map(({ error }) => messageOf(error));
    const others = reasons.length === 0 ? "" : `; refused: ${reasons.join("; ")}`;
    return new SimulatedKubeletError(`Cannot call ${driver}: no such driver is registered${others}`);
  }

  async #scanAgainAndAgain(signal: AbortSignal): Promise<void> {
    do {
      await this.#scan();
    } while (await sleep(this.#scanMilliseconds, signal));
  }

  async #scan(): Promise<void> {
    const found = await pluginSockets(this.#registry);
    for (const [path, { socket }] of this.#plugins) {
      if (found.get(path) !== socket) this.#forget(path);
    }
    for (const [path, { socket }] of this.#refused) {
      if (found.get(path) !== socket) this.#refused.delete(path);
    }
    for (const [path, socket] of found) {
      const retryAt = this.#refused.get(path)?.retryAt ?? 0;
      if (!this.#plugins.has(path) && retryAt <= Date.now()) await this.#register(path, socket);
    }
  }

  async #register(path: string, socket: string): Promise<void> {
    try {
      const plugin = await registerPlugin(
        path,
        (driver) => [...this.#plugins.values()].filter((p) => p.driver === driver).map((p) => p.endpoint),
        this.#deadlines,
      );
      this.#refused.delete(path);
      this.#plugins.set(path, { ...plugin, socket, client: new DraClient(plugin.endpoint) });
    } catch (error) {
      const former = this.#refused.get(path)?.retryMilliseconds;
      const retryMilliseconds = former === undefined
        ? firstRetryMilliseconds
        : Math.min(former * 2, lastRetryMilliseconds);
      this.#refused.set(path, { socket, error, retryMilliseconds, retryAt: Date.now() + retryMilliseconds });
    }
  }

  #forget(path: string): void {
    const client = this.#plugins.get(path)?.client;
    if (client === undefined) return;
    this.#plugins.delete(path);
    this.#leaving.set(client, client.close().finally(() => this.#leaving.delete(client)));
  }
}
