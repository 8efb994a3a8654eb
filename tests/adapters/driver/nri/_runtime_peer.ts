import * as nri from "../../../../adapters/protocols/nri/generated/nri.ts";
import type { Connection } from "../../../../adapters/protocols/nri/mux/connection.ts";
import { Mux } from "../../../../adapters/protocols/nri/mux/mux.ts";
import {
  pluginServiceConnection,
  pluginServiceName,
  runtimeServiceConnection,
  runtimeServiceName,
} from "../../../../adapters/protocols/nri/services.ts";
import { TtrpcClient } from "../../../../adapters/protocols/nri/ttrpc/client.ts";
import type { CloseReason } from "../../../../adapters/protocols/nri/ttrpc/close_reason.ts";
import { TtrpcServer } from "../../../../adapters/protocols/nri/ttrpc/server.ts";

/** The runtime's end of a connection, of which the test decides each step. */
export class RuntimePeer implements AsyncDisposable {
  readonly #mux: Mux;
  readonly #server: TtrpcServer;
  readonly #client: TtrpcClient;
  readonly #registered = Promise.withResolvers<nri.RegisterPluginRequest>();

  /** `answering` is what the plugin's registration waits for. */
  constructor(connection: Connection, answering: Promise<unknown> = Promise.resolve()) {
    this.#mux = new Mux(connection);
    const register = async (payload: Uint8Array) => {
      this.#registered.resolve(nri.RegisterPluginRequest.decode(payload));
      await answering;
      return new Uint8Array();
    };
    this.#server = new TtrpcServer(
      this.#mux.open(runtimeServiceConnection),
      new Map([[runtimeServiceName, new Map([["RegisterPlugin", register]])]]),
    );
    this.#client = new TtrpcClient(this.#mux.open(pluginServiceConnection));
    this.#server.start();
    this.#client.start();
    this.#mux.start();
  }

  /** Resolves when the connection has ended. */
  get closed(): Promise<CloseReason> {
    return this.#mux.closed;
  }

  /** What the plugin registered with. */
  registered(): Promise<nri.RegisterPluginRequest> {
    return this.#registered.promise;
  }

  /** Configures a plugin that has registered. */
  async configure(request: Partial<nri.ConfigureRequest> = {}): Promise<nri.ConfigureResponse> {
    await this.#registered.promise;
    const whole = nri.ConfigureRequest.fromPartial(request);
    return nri.ConfigureResponse.decode(
      await this.call("Configure", nri.ConfigureRequest.encode(whole).finish()),
    );
  }

  /** Sends the plugin one message of a list of what there is. */
  async synchronize(request: Partial<nri.SynchronizeRequest> = {}): Promise<nri.SynchronizeResponse> {
    const whole = nri.SynchronizeRequest.encode({ pods: [], containers: [], more: false, ...request });
    return nri.SynchronizeResponse.decode(await this.call("Synchronize", whole.finish()));
  }

  /** Does all that makes the plugin an active one. */
  async admit(runtime: Partial<nri.ConfigureRequest> = {}): Promise<nri.ConfigureResponse> {
    const answer = await this.configure(runtime);
    await this.synchronize();
    return answer;
  }

  /** Calls a method of the plugin, with the two seconds that runtimes give it. */
  call(method: string, payload: Uint8Array): Promise<Uint8Array> {
    return this.#client.call(pluginServiceName, method, payload, { timeoutMilliseconds: 2000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#mux.close();
    await Promise.all([this.#mux.closed, this.#server.closed, this.#client.closed]);
  }
}
