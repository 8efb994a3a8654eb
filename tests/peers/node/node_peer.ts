import * as v from "valibot";
import type { RequestedClaim } from "../../../core/ports/dra_service.ts";
import type { GoProgram } from "../go.ts";
import { JsonPeer } from "../json_peer.ts";

/** The kubelet's and the runtime's side of one driver, which measures it. */
export const nodeProgram: GoProgram = {
  name: "node",
  module: new URL("./", import.meta.url),
  tags: ["nri_no_wasm"],
};

/** Claims that the kubelet's side has prepared or unprepared, each by a call of its own. */
export interface Calls {
  readonly prepare: boolean;
  readonly claims: readonly RequestedClaim[];
  /** How many are under way at a time. */
  readonly width: number;
  /** From the begin of one to that of the next at least. */
  readonly everyMilliseconds?: number;
}

/** A container whose creation the runtime's side asks about. */
export interface WantedContainer {
  readonly id: string;
  readonly pod: { readonly name: string; readonly uid: string };
  readonly env: readonly string[];
  /** The uid of the prepared claim that it uses. */
  readonly claim?: string;
}

/** How long something took, in milliseconds. */
export interface Took {
  readonly each: readonly number[];
  readonly all: number;
}

/** Something failed on the node's side, or the driver refused it. */
export class NodePeerError extends Error {
  override name = "NodePeerError";
}

const event = v.object({ event: v.picklist(["registered", "synchronized"]), at: v.number() });
const answer = v.union([v.object({ error: v.string() }), v.object({ reply: v.unknown() })]);
const nothing = v.object({});
const called = v.object({ took: v.array(v.number()), all: v.number() });
const created = v.object({ took: v.array(v.number()) });

const nanosecondsPerMillisecond = 1e6;
const longMilliseconds = 20 * 60_000;

/** The node's side of a driver, in a process of its own. */
export class NodePeer implements AsyncDisposable {
  readonly #peer: JsonPeer;

  private constructor(peer: JsonPeer) {
    this.#peer = peer;
  }

  static start(binary: string): NodePeer {
    return new NodePeer(JsonPeer.start(binary));
  }

  /** Takes in the runtime's plugins and the kubelet's from now on. */
  async listen(paths: { nriSocket: string; registry: string; cdi: string }): Promise<void> {
    await this.#command({ listen: paths }, nothing);
  }

  /** When a driver that was started at a time (Unix, in milliseconds) was registered and synchronized. */
  async admitted(startedAt: number): Promise<{ registered: number; synchronized: number }> {
    const at = { registered: 0, synchronized: 0 };
    while (at.registered === 0 || at.synchronized === 0) {
      const told = await this.#peer.event(event);
      const milliseconds = told.at / nanosecondsPerMillisecond;
      if (milliseconds >= startedAt) at[told.event] = milliseconds;
    }
    return at;
  }

  /** Makes calls. Rejects with {@link NodePeerError} when any of them fails. */
  async call(calls: Calls): Promise<Took> {
    const { took, all } = await this.#command({ call: wire(calls) }, called);
    return { each: took.map(inMilliseconds), all: inMilliseconds(all) };
  }

  /** Creates and removes one container after the other, while claims are prepared; how long each creation took. */
  async create(
    containers: readonly WantedContainer[],
    pauseMilliseconds: number,
    meanwhile: Calls,
  ): Promise<number[]> {
    const pause = pauseMilliseconds * nanosecondsPerMillisecond;
    const { took } = await this.#command(
      { create: { containers, pause, meanwhile: wire(meanwhile) } },
      created,
    );
    return took.map(inMilliseconds);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peer[Symbol.asyncDispose]();
  }

  async #command<Reply>(command: unknown, reply: v.GenericSchema<unknown, Reply>): Promise<Reply> {
    const given = await this.#peer.ask(command, answer, longMilliseconds);
    if ("error" in given) throw new NodePeerError(given.error.slice(0, 2_000));
    return v.parse(reply, given.reply);
  }
}

function wire({ prepare, claims, width, everyMilliseconds = 0 }: Calls) {
  return {
    prepare,
    claims: claims.map(({ namespace, name, uid }) => ({ namespace, name, uid })),
    width,
    every: Math.round(everyMilliseconds * nanosecondsPerMillisecond),
  };
}

function inMilliseconds(nanoseconds: number): number {
  return nanoseconds / nanosecondsPerMillisecond;
}
