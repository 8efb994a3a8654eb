import * as nri from "../../protocols/nri/generated/nri.ts";
import { Mux } from "../../protocols/nri/mux/mux.ts";
import {
  pluginServiceConnection,
  pluginServiceName,
  runtimeServiceConnection,
  runtimeServiceName,
} from "../../protocols/nri/services.ts";
import { TtrpcClient } from "../../protocols/nri/ttrpc/client.ts";
import { TtrpcServer } from "../../protocols/nri/ttrpc/server.ts";

/**
 * What the plugin gets to register, and for each request. Real runtimes give it five seconds and two, after which they
 * go on without it; here that would only tell that the machine was busy.
 */
const registrationTimeoutMilliseconds = 30_000, requestTimeoutMilliseconds = 30_000;

/** The runtime's side of a connection with one plugin. */
export class NriRuntime {
  readonly #mux: Mux;
  readonly #server: TtrpcServer;
  readonly #client: TtrpcClient;
  readonly #registration = Promise.withResolvers<nri.RegisterPluginRequest>();

  constructor(connection: Deno.Conn) {
    this.#mux = new Mux(connection);
    const methods = new Map([["RegisterPlugin", (payload: Uint8Array) => {
      this.#registration.resolve(nri.RegisterPluginRequest.decode(payload));
      return new Uint8Array();
    }]]);
    this.#server = new TtrpcServer(
      this.#mux.open(runtimeServiceConnection),
      new Map([[runtimeServiceName, methods]]),
    );
    this.#client = new TtrpcClient(this.#mux.open(pluginServiceConnection));
  }

  /** Waits for the plugin to register, configures it and returns the events that it wants. */
  async admit(): Promise<{ plugin: string; events: number }> {
    this.#server.start();
    this.#client.start();
    this.#mux.start();
    const { pluginIdx, pluginName } = await this.#registered();
    const request = nri.ConfigureRequest.fromPartial({ runtimeName: "simulated", runtimeVersion: "2.2.1" });
    const answer = await this.#call("Configure", nri.ConfigureRequest.encode(request).finish());
    return { plugin: `${pluginIdx}-${pluginName}`, events: nri.ConfigureResponse.decode(answer).events };
  }

  /** Lists what runs and returns the changes that the plugin wants. */
  async synchronize(
    pods: readonly nri.PodSandbox[],
    containers: readonly nri.Container[],
  ): Promise<nri.ContainerUpdate[]> {
    const request = { pods: [...pods], containers: [...containers], more: false };
    const answer = await this.#call("Synchronize", nri.SynchronizeRequest.encode(request).finish());
    return nri.SynchronizeResponse.decode(answer).update;
  }

  /** Asks what to change of a container before it is created. Rejects with the plugin's refusal. */
  async createContainer(
    pod: nri.PodSandbox,
    container: nri.Container,
  ): Promise<nri.ContainerAdjustment | undefined> {
    return await this.createEncoded(nri.CreateContainerRequest.encode({ pod, container }).finish());
  }

  /** As {@link createContainer}, with a `CreateContainerRequest` that is encoded already. */
  async createEncoded(request: Uint8Array): Promise<nri.ContainerAdjustment | undefined> {
    return nri.CreateContainerResponse.decode(await this.#call("CreateContainer", request)).adjust;
  }

  /** Tells that a container is gone, as runtimes before NRI 0.12 do. */
  async containerRemoved(pod: nri.PodSandbox, container: nri.Container): Promise<void> {
    await this.#stateChange({ event: nri.Event.REMOVE_CONTAINER, pod, container });
  }

  /** Tells that a pod is gone. */
  async podRemoved(pod: nri.PodSandbox): Promise<void> {
    await this.#stateChange({ event: nri.Event.REMOVE_POD_SANDBOX, pod, container: undefined });
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    this.#mux.close();
    await Promise.all([this.#mux.closed, this.#server.closed, this.#client.closed]);
  }

  async #registered(): Promise<nri.RegisterPluginRequest> {
    const giveUp = (why: string) =>
      this.#registration.reject(new Error(`Cannot admit the plugin: it ${why}`));
    const timer = setTimeout(() => giveUp("did not register in time"), registrationTimeoutMilliseconds);
    void this.#mux.closed.then(() => giveUp("hung up"));
    try {
      return await this.#registration.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  async #stateChange(event: nri.StateChangeEvent): Promise<void> {
    await this.#call("StateChange", nri.StateChangeEvent.encode(event).finish());
  }

  #call(method: string, payload: Uint8Array): Promise<Uint8Array> {
    return this.#client.call(pluginServiceName, method, payload, {
      timeoutMilliseconds: requestTimeoutMilliseconds,
    });
  }
}
