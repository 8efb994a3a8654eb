import type { ContainerId } from "../../../core/values/ids.ts";
import type {
  Adjustment,
  AdjustmentOutcome,
  ContainerService,
  ExistingContainer,
} from "../../../core/ports/container_service.ts";
import { mentionsVariables } from "../../../core/claims/variable_form.ts";
import { ContainerListing } from "./container_listing.ts";
import * as nri from "../../protocols/nri/generated/nri.ts";
import { adjustmentOf, askedMemoryMax, containerOf, resourcesOf, sandboxOf } from "./messages.ts";
import {
  eventPodAndContainer,
  onlyRead,
  podAndContainer,
  podAndContainerName,
  type ReadFields,
} from "./read_fields.ts";
import { isAtLeast, type NriVersion, parseNriVersion } from "./nri_version.ts";
import { statusCode, TtrpcError } from "../../protocols/nri/ttrpc/status.ts";

/** A response's bytes; where nothing has to be waited for, without a promise. */
type Answer = Uint8Array | Promise<Uint8Array>;

/** Answers one method: the request's bytes in, the response's bytes out. */
export type Method = (payload: Uint8Array) => Answer;

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
  /** The runtime's containers are adopted; from now on it asks for each new one. */
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

/** The plugin's side of one connection to a runtime: NRI's messages in and out, the core's decisions in between. */
export class PluginService {
  readonly #containers: ContainerService;
  readonly #observer: PluginObserver;
  readonly #failClosed: boolean;
  readonly #limitReservations: boolean;
  /** What the messages of an unfinished `Synchronize` brought. */
  #listing = new ContainerListing();

  /**
   * `failClosed` asks the runtime to fail a container rather than start it without the plugin's answer, see
   * {@link adjustmentOf} for `limitReservations`.
   */
  constructor(
    containers: ContainerService,
    observer: PluginObserver,
    { failClosed, limitReservations = false }: {
      readonly failClosed: boolean;
      readonly limitReservations?: boolean;
    },
  ) {
    this.#containers = containers;
    this.#observer = observer;
    this.#failClosed = failClosed;
    this.#limitReservations = limitReservations;
  }

  /** The methods by name. A runtime falls back to `StateChange` for those that an older plugin lacks. */
  methods(): Map<string, Method> {
    return new Map<string, Method>([
      ["Configure", answering(nri.ConfigureRequest, (request) => this.#configure(request))],
      [
        "Synchronize",
        answering(nri.SynchronizeRequest, (request) => this.#synchronize(request), podAndContainer),
      ],
      [
        "CreateContainer",
        this.#deciding("create", nri.CreateContainerRequest, (request) => this.#createContainer(request)),
      ],
      [
        "UpdateContainer",
        this.#deciding("update", nri.UpdateContainerRequest, (request) => this.#updateContainer(request)),
      ],
      // A container that stopped may be started again: nothing of it is given up before it is removed.
      ["StopContainer", () => nothing],
      [
        "RemoveContainer",
        answering(nri.ContainerEventRequest, (event) => this.#containerRemoved(event), podAndContainerName),
      ],
      [
        "RemovePodSandbox",
        answering(nri.PodEventRequest, (event) => this.#podRemoved(event), podAndContainer),
      ],
      [
        "StateChange",
        answering(nri.StateChangeEvent, (event) => this.#stateChanged(event), eventPodAndContainer),
      ],
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
    const version = parseNriVersion(runtime.nriVersion);
    if (version !== undefined && isAtLeast(version, failurePolicyVersion)) {
      return { failRequest: true, keepConnected: true };
    }
    this.#observer.failClosedUnsupported(runtime);
  }

  /** Takes the runtime's list, in one message or several, and answers the last with all the changes at once. */
  #synchronize(request: nri.SynchronizeRequest): Answer {
    this.#listing.add(request);
    if (request.more) return nri.SynchronizeResponse.encode({ update: [], more: true }).finish();
    const existing = this.#listing.existing();
    this.#listing = new ContainerListing();
    return this.#adopt(existing);
  }

  async #adopt(existing: readonly ExistingContainer[]): Promise<Uint8Array> {
    const adjustments = await this.#containers.synchronize(existing);
    this.#observer.synchronized();
    // A container may end before it is updated, which is no reason to do without the plugin.
    const update = [...adjustments].map(([id, adjustment]) => updateOf(id, adjustment, true));
    return nri.SynchronizeResponse.encode({ update, more: false }).finish();
  }

  /** A method that decides on a container. A message that mentions no claim, as of most containers, is not read. */
  #deciding<Message>(
    question: "create" | "update",
    type: nri.MessageFns<Message>,
    decide: (message: Message) => Answer,
  ): Method {
    const reading = answering(type, decide, podAndContainer);
    return (payload) =>
      mentionsVariables(payload)
        ? reading(payload)
        : answerOf(this.#containers.unclaimed(question), () => nothing);
  }

  #createContainer({ pod, container }: nri.CreateContainerRequest): Answer {
    const outcome = this.#containers.adjust(sandboxOf(pod), containerOf(container));
    return answerOf(outcome, (adjustment) => {
      const adjust = { linux: adjustmentOf(adjustment, this.#limitReservations) };
      return nri.CreateContainerResponse.encode({ adjust, update: [] }).finish();
    });
  }

  /** An update of someone else (the CPU manager, a resize) must not loosen what the claims promise. */
  #updateContainer({ pod, container, linuxResources }: nri.UpdateContainerRequest): Answer {
    const max = askedMemoryMax(linuxResources);
    const asked = { ...containerOf(container), ...(max === undefined ? {} : { askedMemoryMax: max }) };
    return answerOf(this.#containers.update(sandboxOf(pod), asked), (adjustment) => {
      return nri.UpdateContainerResponse.encode({ update: [updateOf(asked.id, adjustment, false)] }).finish();
    });
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
  #stateChanged({ event, pod, container }: nri.StateChangeEvent): Answer {
    switch (event) {
      case nri.Event.REMOVE_CONTAINER:
        return this.#containerRemoved({ pod, container });
      case nri.Event.REMOVE_POD_SANDBOX:
        return this.#podRemoved({ pod });
      default:
        return nothing;
    }
  }
}

/** A container that must not start, with the reason that its user will read. */
export class ContainerRefusedError extends Error {
  override name = "ContainerRefusedError";
}

/** The answer for a container: at once when the outcome is there, with a refusal as the error of the call. */
function answerOf(
  outcome: AdjustmentOutcome | Promise<AdjustmentOutcome>,
  encode: (adjustment: Adjustment) => Uint8Array,
): Answer {
  const decided = (outcome: AdjustmentOutcome) => {
    if (outcome.kind === "refused") throw new ContainerRefusedError(outcome.message);
    return outcome.kind === "adjusted" ? encode(outcome.adjustment) : nothing;
  };
  return outcome instanceof Promise ? outcome.then(decided) : decided(outcome);
}

/** A method that takes messages of a type, of which that is read. Throws `TtrpcError` (INVALID_ARGUMENT) for what is none. */
function answering<Message>(
  type: nri.MessageFns<Message>,
  answer: (message: Message) => Answer,
  read?: ReadFields,
): Method {
  return (payload) => answer(parse(type, payload, read));
}

function parse<Message>(type: nri.MessageFns<Message>, payload: Uint8Array, read?: ReadFields): Message {
  try {
    return type.decode(read === undefined ? payload : onlyRead(payload, read));
  } catch (cause) {
    throw new TtrpcError(statusCode.invalidArgument, "Cannot parse the runtime's request", { cause });
  }
}

function updateOf(id: ContainerId, adjustment: Adjustment, ignoreFailure: boolean): nri.ContainerUpdate {
  return { containerId: id, linux: { resources: resourcesOf(adjustment) }, ignoreFailure };
}
