import type { ContainerService } from "../../../core/ports/container_service.ts";
import type { Events } from "../../../core/events/events.ts";
import { Backoff } from "../../shared/async/backoff.ts";
import * as nri from "../../protocols/nri/generated/nri.ts";
import { Mux } from "../../protocols/nri/mux/mux.ts";
import {
  pluginServiceConnection,
  pluginServiceName,
  runtimeServiceConnection,
  runtimeServiceName,
} from "../../protocols/nri/services.ts";
import type { PolicyRuntime } from "../../../core/claims/node_policies.ts";
import { hasMemoryPolicies } from "./nri_version.ts";
import { PluginService, type RuntimeInfo } from "./plugin_service.ts";
import type { PluginTurn } from "./plugin_turn.ts";
import type { RuntimeLink } from "./runtime_link.ts";
import { TtrpcClient } from "../../protocols/nri/ttrpc/client.ts";
import { describeCloseReason } from "../../protocols/nri/ttrpc/close_reason.ts";
import { TtrpcServer } from "../../protocols/nri/ttrpc/server.ts";
import { messageOf } from "../../../core/values/message_of.ts";

/**
 * How long a runtime may take to answer the registration. It accepts plugins one after the other, and none while a
 * pod is being set up, so that one which answers late is busy rather than dead.
 */
const defaultRegistrationTimeoutMilliseconds = 30_000;

/** How the plugin presents itself and where it connects. */
export interface NriPluginOptions {
  readonly link: RuntimeLink;
  readonly name: string;
  /** Two digits; runtimes call plugins in ascending order. */
  readonly index: string;
  /** Whether the runtime is asked to fail containers that it could not ask the plugin about. */
  readonly failClosed: boolean;
  /** Whether a new container's limits of hugepage reservations are named as files of cgroup v2; not when absent. */
  readonly limitReservations?: boolean;
  /** Waits until this instance is the one to act as the plugin; absent where there is no other instance. */
  readonly turn?: PluginTurn;
  /** Told of each runtime that is connected to, before it asks for anything. */
  readonly onRuntime?: (runtime: PolicyRuntime) => void;
  /** 30 seconds when absent. */
  readonly registrationTimeoutMilliseconds?: number;
}

/**
 * The driver as an NRI plugin.
 *
 * One that connects by itself does so again, for as long as it runs, whenever the runtime is away: containers that
 * start without it are put right when the runtime lists them at the next connection. One that the runtime started
 * has a single connection.
 */
export class NriPlugin {
  readonly #options: NriPluginOptions;
  readonly #containers: ContainerService;
  readonly #events: Events;
  readonly #stopping = new AbortController();
  readonly #backoff: Backoff;
  readonly #ended = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #runtime = "unknown runtime";
  #wasConnected = false;
  #lastLoss = "";
  /** The runtime that was last complained of because it cannot fail closed. */
  #lastFailingOpen = "";

  constructor(options: NriPluginOptions, containers: ContainerService, events: Events, backoff: Backoff) {
    this.#options = options;
    this.#containers = containers;
    this.#events = events;
    this.#backoff = backoff;
  }

  /** Begins to connect and returns at once; what comes of it goes to the events. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when there will be no connection any more: the only one was lost, or the plugin was stopped. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Disconnects and resolves when nothing of the plugin runs any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const release = await this.#takeTurn(signal);
    try {
      await this.#connectAgainAndAgain(signal);
    } finally {
      release?.();
      this.#ended.resolve();
    }
  }

  /** Resolves with what gives the turn up, if there is one. */
  async #takeTurn(signal: AbortSignal): Promise<(() => void) | undefined> {
    const standby = () => this.#events.emit({ kind: "runtime-standby" });
    while (!signal.aborted) {
      try {
        return await this.#options.turn?.(signal, standby);
      } catch (error) {
        this.#lost(messageOf(error));
        await this.#backoff.wait(signal);
      }
    }
  }

  async #connectAgainAndAgain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const loss = await this.#session(signal).catch((error: unknown) => messageOf(error));
      if (signal.aborted) return;
      this.#lost(loss);
      if (!this.#options.link.again) return;
      await this.#backoff.wait(signal);
    }
  }

  /** One connection, from dialling to its end; resolves with why it ended. */
  async #session(signal: AbortSignal): Promise<string> {
    const { link, name, index, registrationTimeoutMilliseconds } = this.#options;
    const mux = new Mux(await link.dial());
    const observer = {
      configured: (runtime: RuntimeInfo) => this.#configured(runtime),
      failClosedUnsupported: () => this.#failsOpen(),
      synchronized: () => this.#synchronized(),
    };
    const service = new PluginService(this.#containers, observer, this.#options);
    const server = new TtrpcServer(
      mux.open(pluginServiceConnection),
      new Map([[pluginServiceName, service.methods()]]),
    );
    const client = new TtrpcClient(mux.open(runtimeServiceConnection));
    const close = () => mux.close();
    signal.addEventListener("abort", close);
    // The signal may have aborted while the connection was being made.
    if (signal.aborted) close();
    try {
      server.start();
      client.start();
      mux.start();
      const request = nri.RegisterPluginRequest.encode({
        pluginName: name,
        pluginIdx: index,
        nriVersion: "",
      });
      await client.call(runtimeServiceName, "RegisterPlugin", request.finish(), {
        timeoutMilliseconds: registrationTimeoutMilliseconds ?? defaultRegistrationTimeoutMilliseconds,
      });
      return `Lost the runtime at ${link.name}: ${describeCloseReason(await mux.closed)}`;
    } finally {
      signal.removeEventListener("abort", close);
      mux.close();
      await Promise.all([mux.closed, server.closed, client.closed]);
    }
  }

  #configured(runtime: RuntimeInfo): void {
    this.#runtime = describe(runtime);
    this.#options.onRuntime?.({ name: this.#runtime, hasPolicies: hasMemoryPolicies(runtime.nriVersion) });
  }

  #synchronized(): void {
    this.#backoff.reset();
    this.#lastLoss = "";
    this.#events.emit({ kind: "runtime-connected", runtime: this.#runtime, again: this.#wasConnected });
    this.#wasConnected = true;
  }

  /** The same reason again and again is told once. */
  #lost(message: string): void {
    if (message !== this.#lastLoss) this.#events.emit({ kind: "runtime-lost", message });
    this.#lastLoss = message;
  }

  #failsOpen(): void {
    const runtime = this.#runtime;
    if (runtime !== this.#lastFailingOpen) {
      this.#events.emit({ kind: "fail-closed-unsupported", runtime });
    }
    this.#lastFailingOpen = runtime;
  }
}

function describe({ runtimeName, runtimeVersion }: RuntimeInfo): string {
  return `${runtimeName} ${runtimeVersion}`.trim();
}
