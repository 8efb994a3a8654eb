import type { ContainerId } from "../../core/ids.ts";
import type { ContainerService, Placement, PlacementOutcome } from "../../core/ports/container_service.ts";
import * as nri from "./generated/nri.ts";
import { isAtLeast, type NriVersion, nriVersionOf } from "./nri_version.ts";
import { containerOf, IncompleteMessageError, resourcesOf, sandboxOf } from "./messages.ts";

/** The name under which a runtime calls its plugins. */
export const pluginServiceName = "nri.pkg.api.v1alpha1.Plugin";

/** Answers one method: the request's bytes in, the response's bytes out. */
export type Method = (payload: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** What a runtime says of itself when it configures the plugin. */
export type RuntimeInfo = Pick<nri.ConfigureRequest, "runtimeName" | "runtimeVersion" | "nriVersion">;

/** The first version with a failure policy. */
const failurePolicyVersion: NriVersion = [0, 12, 5];

/** What the plugin tells of its connection. */
export interface PluginObserver {
  /** The runtime cannot be asked to fail containers that the plugin could not be asked about. */
  failClosedUnsupported(runtime: RuntimeInfo): void;
  /** The runtime knows the plugin and is about to list its containers. */
  configured(runtime: RuntimeInfo): void;
  /** The runtime's containers are taken over; from now on it asks for each new one. */
  synchronized(): void;
}

/** The events that this plugin is to be called for; every other one costs containers time for nothing. */
const subscriptions = [
  nri.Event.CREATE_CONTAINER,
  nri.Event.UPDATE_CONTAINER,
  nri.Event.REMOVE_CONTAINER,
  nri.Event.REMOVE_POD_SANDBOX,
];
const eventMask = subscriptions.reduce((mask, event) => mask | 1 << (event - 1), 0);

const nothing = new Uint8Array();

/** More containers than any node runs: a bound for what a runtime can make the plugin collect. */
const maxContainers = 100_000;

/** The plugin's side of one connection to a runtime: NRI's messages in and out, the core's decisions in between. */
export class PluginService {
  readonly #containers: ContainerService;
  readonly #observer: PluginObserver;
  readonly #failClosed: boolean;
  /** What the chunks of an unfinished `Synchronize` brought. */
  #pods = new Map<string, nri.PodSandbox>();
  #existing: nri.Container[] = [];

  /** `failClosed` asks the runtime to fail a container rather than start it without the plugin's answer. */
  constructor(containers: ContainerService, observer: PluginObserver, failClosed: boolean) {
    this.#containers = containers;
    this.#observer = observer;
    this.#failClosed = failClosed;
  }

  /** The methods by name. A runtime falls back to `StateChange` for those that an older plugin lacks. */
  methods(): Map<string, Method> {
    return new Map<string, Method>([
      ["Configure", (payload) => this.#configure(nri.ConfigureRequest.decode(payload))],
      ["Synchronize", (payload) => this.#synchronize(nri.SynchronizeRequest.decode(payload))],
      ["CreateContainer", (payload) => this.#createContainer(nri.CreateContainerRequest.decode(payload))],
      ["UpdateContainer", (payload) => this.#updateContainer(nri.UpdateContainerRequest.decode(payload))],
      ["StopContainer", () => nothing],
      ["RemoveContainer", (payload) => this.#containerRemoved(nri.ContainerEventRequest.decode(payload))],
      ["RemovePodSandbox", (payload) => this.#podRemoved(nri.PodEventRequest.decode(payload))],
      ["StateChange", (payload) => this.#stateChanged(nri.StateChangeEvent.decode(payload))],
      ["Shutdown", () => nothing],
    ]);
  }

  #configure(runtime: nri.ConfigureRequest): Uint8Array {
    this.#observer.configured(runtime);
    const failurePolicy = this.#failClosed ? this.#failurePolicy(runtime) : undefined;
    return nri.ConfigureResponse.encode({ events: eventMask, failurePolicy }).finish();
  }

  /** Unknown to older runtimes, which would go on as if nothing had been asked. */
  #failurePolicy(runtime: nri.ConfigureRequest): nri.FailurePolicy | undefined {
    const version = nriVersionOf(runtime);
    if (version !== undefined && isAtLeast(version, failurePolicyVersion)) {
      return { failRequest: true, keepConnected: true };
    }
    this.#observer.failClosedUnsupported(runtime);
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

  #createContainer({ pod, container }: nri.CreateContainerRequest): Uint8Array | Promise<Uint8Array> {
    return this.#place(pod, container, (placement) => {
      const adjust = { linux: { resources: resourcesOf(placement) } };
      return nri.CreateContainerResponse.encode({ adjust, update: [] }).finish();
    });
  }

  /** An update of someone else (the CPU manager, a resize) must not loosen what the claims promise. */
  #updateContainer({ pod, container }: nri.UpdateContainerRequest): Uint8Array | Promise<Uint8Array> {
    return this.#place(pod, container, (placement) => {
      const update = updatesOf(new Map([[containerOf(container).id, placement]]));
      return nri.UpdateContainerResponse.encode({ update }).finish();
    });
  }

  /** Answers for a container: at once when it has no claims, with a refusal as the error of the call. */
  #place(
    pod: nri.PodSandbox | undefined,
    container: nri.Container | undefined,
    answer: (placement: Placement) => Uint8Array,
  ): Uint8Array | Promise<Uint8Array> {
    const decided = (outcome: PlacementOutcome) => {
      if (outcome.kind === "refused") throw new ContainerRefusedError(outcome.message);
      return outcome.kind === "placed" ? answer(outcome.placement) : nothing;
    };
    const outcome = this.#containers.place(sandboxOf(pod), containerOf(container));
    return outcome instanceof Promise ? outcome.then(decided) : decided(outcome);
  }

  async #containerRemoved({ pod, container }: nri.ContainerEventRequest): Promise<Uint8Array> {
    await this.#containers.removed(sandboxOf(pod), containerOf(container));
    return nothing;
  }

  #podRemoved({ pod }: nri.PodEventRequest): Uint8Array {
    this.#containers.sandboxRemoved(sandboxOf(pod));
    return nothing;
  }

  /** How runtimes before NRI 0.12 tell of what needs no answer. */
  #stateChanged({ event, pod, container }: nri.StateChangeEvent): Uint8Array | Promise<Uint8Array> {
    switch (event) {
      case nri.Event.REMOVE_CONTAINER:
        return this.#containerRemoved({ pod, container });
      case nri.Event.REMOVE_POD_SANDBOX:
        return this.#podRemoved({ pod });
      default:
        return nothing;
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
