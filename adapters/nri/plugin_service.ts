import type { ContainerId } from "../../core/ids.ts";
import type { ContainerService, Placement } from "../../core/ports/container_service.ts";
import * as nri from "./generated/nri.ts";
import { containerOf, IncompleteMessageError, resourcesOf, sandboxOf } from "./messages.ts";

/** The name under which a runtime calls its plugins. */
export const pluginServiceName = "nri.pkg.api.v1alpha1.Plugin";

/** Answers one method: the request's bytes in, the response's bytes out. */
export type Method = (payload: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** What a runtime says of itself when it configures the plugin. */
export type RuntimeInfo = Pick<nri.ConfigureRequest, "runtimeName" | "runtimeVersion" | "nriVersion">;

/** What the plugin tells of its connection. */
export interface PluginObserver {
  /** The runtime knows the plugin and is about to list its containers. */
  configured(runtime: RuntimeInfo): void;
  /** The runtime's containers are taken over; from now on it asks for each new one. */
  synchronized(): void;
}

/** The events that this plugin is to be called for; every other one costs containers time for nothing. */
const subscriptions = [nri.Event.CREATE_CONTAINER, nri.Event.UPDATE_CONTAINER];
const eventMask = subscriptions.reduce((mask, event) => mask | 1 << (event - 1), 0);

const nothing = new Uint8Array();

/** More containers than any node runs: a bound for what a runtime can make the plugin collect. */
const maxContainers = 100_000;

/** The plugin's side of one connection to a runtime: NRI's messages in and out, the core's decisions in between. */
export class PluginService {
  readonly #containers: ContainerService;
  readonly #observer: PluginObserver;
  /** What the chunks of an unfinished `Synchronize` brought. */
  #pods = new Map<string, nri.PodSandbox>();
  #existing: nri.Container[] = [];

  constructor(containers: ContainerService, observer: PluginObserver) {
    this.#containers = containers;
    this.#observer = observer;
  }

  /** The methods by name. A runtime falls back to `StateChange` for those that an older plugin lacks. */
  methods(): Map<string, Method> {
    return new Map<string, Method>([
      ["Configure", (payload) => this.#configure(nri.ConfigureRequest.decode(payload))],
      ["Synchronize", (payload) => this.#synchronize(nri.SynchronizeRequest.decode(payload))],
      ["CreateContainer", (payload) => this.#createContainer(nri.CreateContainerRequest.decode(payload))],
      ["UpdateContainer", (payload) => this.#updateContainer(nri.UpdateContainerRequest.decode(payload))],
      ["StateChange", () => nothing],
      ["Shutdown", () => nothing],
    ]);
  }

  #configure(runtime: nri.ConfigureRequest): Uint8Array {
    this.#observer.configured(runtime);
    return nri.ConfigureResponse.encode({ events: eventMask, failurePolicy: undefined }).finish();
  }

  async #synchronize({ pods, containers, more }: nri.SynchronizeRequest): Promise<Uint8Array> {
    for (const pod of pods) this.#pods.set(pod.id, pod);
    this.#existing.push(...containers);
    if (this.#existing.length > maxContainers || this.#pods.size > maxContainers) {
      throw new IncompleteMessageError(`Cannot synchronize more than ${maxContainers} containers`);
    }
    if (more) return nri.SynchronizeResponse.encode({ update: [], more: true }).finish();

    const update = updatesOf(await this.#containers.synchronize(this.#takeExisting()));
    this.#observer.synchronized();
    return nri.SynchronizeResponse.encode({ update, more: false }).finish();
  }

  async #createContainer({ pod, container }: nri.CreateContainerRequest): Promise<Uint8Array> {
    const outcome = await this.#place(pod, container);
    if (outcome === undefined) return nothing;
    const adjust = { linux: { resources: resourcesOf(outcome) } };
    return nri.CreateContainerResponse.encode({ adjust, update: [] }).finish();
  }

  /** An update of someone else (the CPU manager, a resize) must not loosen what the claims promise. */
  async #updateContainer({ pod, container }: nri.UpdateContainerRequest): Promise<Uint8Array> {
    const outcome = await this.#place(pod, container);
    if (outcome === undefined) return nothing;
    const update = updatesOf(new Map([[containerOf(container).id, outcome]]));
    return nri.UpdateContainerResponse.encode({ update }).finish();
  }

  /** Undefined for a container without claims. A refusal is thrown: the runtime then fails the container. */
  async #place(
    pod: nri.PodSandbox | undefined,
    container: nri.Container | undefined,
  ): Promise<Placement | undefined> {
    const outcome = await this.#containers.place(sandboxOf(pod), containerOf(container));
    switch (outcome.kind) {
      case "unclaimed":
        return undefined;
      case "placed":
        return outcome.placement;
      case "refused":
        throw new ContainerRefusedError(outcome.message);
    }
  }

  /** Containers that have stopped need nothing any more; one whose pod is unknown cannot be judged. */
  #takeExisting() {
    const existing = this.#existing.flatMap((container) => {
      const pod = this.#pods.get(container.podSandboxId);
      return pod === undefined || container.state === nri.ContainerState.CONTAINER_STOPPED
        ? []
        : [{ ...containerOf(container), sandbox: sandboxOf(pod) }];
    });
    this.#pods = new Map();
    this.#existing = [];
    return existing;
  }
}

/** A container that must not start, with the reason that its user will read. */
export class ContainerRefusedError extends Error {
  override name = "ContainerRefusedError";
}

function updatesOf(placements: ReadonlyMap<ContainerId, Placement>): nri.ContainerUpdate[] {
  return [...placements].map(([id, placement]) => ({
    containerId: id,
    linux: { resources: resourcesOf(placement) },
    ignoreFailure: false,
  }));
}
