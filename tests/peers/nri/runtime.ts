import * as v from "valibot";
import { bounded } from "../bounded.ts";
import { JsonPeer } from "../json_peer.ts";
import {
  type ContainerMessage,
  containerMessage,
  type PlacementMessage,
  placementOf,
  type PodMessage,
  podMessage,
  resourcesMessage,
  updateMessage,
} from "./messages.ts";

/** The runtime failed a command: a plugin refused it, or the command made no sense. */
export class NriRuntimeError extends Error {
  override name = "NriRuntimeError";
}

/** How the runtime presents itself. */
export interface ListenOptions {
  readonly socket: string;
  readonly runtimeName?: string;
  readonly runtimeVersion?: string;
  /** How long a plugin may take for one call; two seconds when absent. */
  readonly requestTimeoutMs?: number;
  /** A directory of plugins that the runtime starts itself, named `<two digits>-<name>`; none when absent. */
  readonly pluginPath?: string;
}

/** What a runtime has, which outlives its own restart. */
export interface RuntimeState {
  readonly pods: readonly PodMessage[];
  readonly containers: readonly ContainerMessage[];
}

const updates = v.array(updateMessage);

const events = {
  registered: v.object({
    request: v.object({
      pluginName: v.string(),
      pluginIdx: v.string(),
      NRIVersion: v.optional(v.string(), ""),
    }),
  }),
  configured: v.object({
    reply: v.object({
      events: v.optional(v.number(), 0),
      failurePolicy: v.exactOptional(v.object({
        failRequest: v.optional(v.boolean(), false),
        keepConnected: v.optional(v.boolean(), false),
      })),
    }),
  }),
  synchronized: v.object({ messages: v.number(), updates }),
  failed: v.object({ reason: v.string() }),
  disconnected: v.object({ reason: v.string() }),
  unsolicited: v.object({ updates }),
};

const eventMilliseconds = 30_000;

type Events = { [Kind in keyof typeof events]: v.InferOutput<typeof events[Kind]> };

const anyEvent = v.looseObject({ event: v.string() });
const answer = v.union([v.object({ error: v.string() }), v.object({ reply: v.unknown() })]);

const nothing = v.object({});
const createReply = v.object({
  adjust: v.exactOptional(v.object({
    linux: v.exactOptional(v.object({ resources: v.exactOptional(resourcesMessage) })),
  })),
  update: v.optional(updates, []),
});
const updateReply = v.object({ update: v.optional(updates, []) });
const dumped = v.object({ pods: v.array(podMessage), containers: v.array(containerMessage) });

/** The runtime's side of NRI, as containerd has it, without containers. It ends when it is disposed of. */
export class NriRuntime implements AsyncDisposable {
  readonly #peer: JsonPeer;

  private constructor(peer: JsonPeer) {
    this.#peer = peer;
  }

  static start(binary: string): NriRuntime {
    return new NriRuntime(JsonPeer.start(binary));
  }

  /** Begins to accept plugins. */
  async listen(options: ListenOptions): Promise<void> {
    await this.#command({ listen: { runtimeName: "containerd", ...options } }, nothing);
  }

  /** Replaces what the next plugin is told that there is. */
  async setState(state: RuntimeState): Promise<void> {
    await this.#command({ state }, nothing);
  }

  /** What there is, containers with what plugins gave them. */
  async state(): Promise<RuntimeState> {
    return await this.#command({ dump: {} }, dumped);
  }

  async runPod(pod: PodMessage): Promise<void> {
    await this.#command({ runPod: pod }, nothing);
  }

  /** Resolves to what plugins give the container. Rejects with {@link NriRuntimeError} when they refuse it. */
  async createContainer(container: ContainerMessage): Promise<PlacementMessage> {
    const { adjust } = await this.#command({ createContainer: container }, createReply);
    return placementOf(adjust?.linux?.resources);
  }

  async startContainer(id: string): Promise<void> {
    await this.#command({ startContainer: id }, nothing);
  }

  /** Resolves to what plugins make of an update that someone else began. */
  async updateContainer(
    id: string,
    resources: v.InferInput<typeof resourcesMessage>,
  ): Promise<PlacementMessage> {
    const { update } = await this.#command({ updateContainer: { id, resources } }, updateReply);
    return placementOf(update.find(({ containerId }) => containerId === id)?.linux?.resources);
  }

  async stopContainer(id: string): Promise<void> {
    await this.#command({ stopContainer: id }, updateReply);
  }

  async removeContainer(id: string): Promise<void> {
    await this.#command({ removeContainer: id }, nothing);
  }

  async stopPod(id: string): Promise<void> {
    await this.#command({ stopPod: id }, nothing);
  }

  async removePod(id: string): Promise<void> {
    await this.#command({ removePod: id }, nothing);
  }

  /** Resolves to the next event of a kind, passing over all others. */
  async event<Kind extends keyof Events>(kind: Kind): Promise<Events[Kind]>;
  async event(kind: keyof Events): Promise<Events[keyof Events]> {
    return await bounded(`the event ${kind}`, eventMilliseconds, this.#next(kind));
  }

  async #next(kind: keyof Events): Promise<Events[keyof Events]> {
    while (true) {
      const event = await this.#peer.event(anyEvent);
      if (event.event === kind) return v.parse(events[kind], event);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peer[Symbol.asyncDispose]();
  }

  async #command<Reply>(command: unknown, reply: v.GenericSchema<unknown, Reply>): Promise<Reply> {
    const given = await this.#peer.ask(command, answer);
    if ("error" in given) throw new NriRuntimeError(given.error);
    return v.parse(reply, given.reply);
  }
}
