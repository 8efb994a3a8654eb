import type { ContainerService } from "../../core/ports/container_service.ts";
import type { Recorder } from "../../core/ports/recorder.ts";
import { Backoff } from "../timing/backoff.ts";
import * as nri from "./generated/nri.ts";
import { Mux } from "./mux/mux.ts";
import { PluginService, pluginServiceName, type RuntimeInfo } from "./plugin_service.ts";
import { TtrpcClient } from "./ttrpc/client.ts";
import { describeCloseReason } from "./ttrpc/close_reason.ts";
import { TtrpcServer } from "./ttrpc/server.ts";

/** The multiplexer's numbers for the two services of a connection (NRI, pkg/net/multiplex). */
export const pluginServiceConnection = 1, runtimeServiceConnection = 2;

/** The name under which a plugin calls its runtime. */
export const runtimeServiceName = "nri.pkg.api.v1alpha1.Runtime";

/** A runtime gives a plugin five seconds to register. */
const registrationTimeoutMilliseconds = 5000;

/** How the plugin presents itself and where it connects. */
export interface NriPluginOptions {
  readonly socketPath: string;
  readonly name: string;
  /** Two digits; runtimes call plugins in ascending order. */
  readonly index: string;
}

/**
 * The driver as an NRI plugin that connects by itself.
 *
 * It connects again, for as long as it runs, whenever the runtime is away: containers that start without it are
 * put right when the runtime lists them at the next connection.
 */
export class NriPlugin {
  readonly #options: NriPluginOptions;
  readonly #containers: ContainerService;
  readonly #recorder: Recorder;
  readonly #stopping = new AbortController();
  readonly #backoff: Backoff;
  #running: Promise<void> | undefined;
  #lastLoss = "";

  constructor(options: NriPluginOptions, containers: ContainerService, recorder: Recorder, backoff: Backoff) {
    this.#options = options;
    this.#containers = containers;
    this.#recorder = recorder;
    this.#backoff = backoff;
  }

  /** Begins to connect and returns at once; what comes of it goes to the recorder. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Disconnects and resolves when nothing of the plugin runs any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const loss = await this.#session(signal).catch((error: unknown) => messageOf(error));
      if (signal.aborted) return;
      if (loss !== this.#lastLoss) this.#recorder.record({ kind: "runtime-lost", message: loss });
      this.#lastLoss = loss;
      await this.#backoff.wait(signal);
    }
  }

  /** One connection, from dialling to its end; resolves with why it ended. */
  async #session(signal: AbortSignal): Promise<string> {
    const { socketPath, name, index } = this.#options;
    const mux = new Mux(await Deno.connect({ transport: "unix", path: socketPath }));
    const service = new PluginService(this.#containers, {
      configured: (runtime) => this.#runtime = runtime,
      synchronized: () => this.#synchronized(),
    });
    const server = new TtrpcServer(
      mux.open(pluginServiceConnection),
      new Map([[pluginServiceName, service.methods()]]),
    );
    const client = new TtrpcClient(mux.open(runtimeServiceConnection));
    const close = () => mux.close();
    signal.addEventListener("abort", close);
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
        timeoutMilliseconds: registrationTimeoutMilliseconds,
      });
      return `Lost the runtime at ${socketPath}: ${describeCloseReason(await mux.closed)}`;
    } finally {
      signal.removeEventListener("abort", close);
      mux.close();
      await Promise.all([mux.closed, server.closed, client.closed]);
    }
  }

  #runtime: RuntimeInfo | undefined;

  #synchronized(): void {
    this.#backoff.reset();
    this.#lastLoss = "";
    const { runtimeName = "unknown runtime", runtimeVersion = "" } = this.#runtime ?? {};
    this.#recorder.record({ kind: "runtime-connected", runtime: `${runtimeName} ${runtimeVersion}`.trim() });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
