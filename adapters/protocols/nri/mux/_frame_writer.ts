import type { Connection } from "./connection.ts";
import { encodeMuxFrames, firstPayloadBytes, muxFramesBytes } from "./frame.ts";

interface Write {
  readonly channelId: number;
  readonly bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Writes the frames of all channels to the connection, one after the other and none inside another. */
export class MuxFrameWriter {
  readonly #connection: Connection;
  readonly #onFailure: (error: unknown) => void;
  readonly #waiting: Write[] = [];
  #underWay: Write | undefined;
  /** Frames are almost always this small, and only one is written at a time: they share their memory. */
  readonly #small = new Uint8Array(muxFramesBytes(firstPayloadBytes));

  /** `onFailure` is told the error of a write; nothing may be written after it. */
  constructor(connection: Connection, onFailure: (error: unknown) => void) {
    this.#connection = connection;
    this.#onFailure = onFailure;
  }

  /** Resolves when the operating system has all of `bytes`. Rejects only by {@link drop} and {@link dropAll}. */
  write(channelId: number, bytes: Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ channelId, bytes, resolve, reject });
    if (this.#underWay === undefined) this.#run();
    return promise;
  }

  /** Rejects the channel's writes that wait. One under way goes on: a frame must not end in its middle. */
  drop(channelId: number, error: Error): void {
    const writes = this.#waiting.splice(0);
    for (const write of writes) {
      if (write.channelId === channelId) write.reject(error);
      else this.#waiting.push(write);
    }
  }

  /** Rejects every write, also the one under way, which need not settle before the peer has gone. */
  dropAll(errorOf: (channelId: number) => Error): void {
    this.#underWay?.reject(errorOf(this.#underWay.channelId));
    for (const write of this.#waiting.splice(0)) write.reject(errorOf(write.channelId));
  }

  async #run(): Promise<void> {
    for (let write = this.#waiting.shift(); write !== undefined; write = this.#waiting.shift()) {
      this.#underWay = write;
      try {
        await this.#writeAll(this.#frames(write));
      } catch (error) {
        this.#onFailure(error);
        return;
      }
      write.resolve();
    }
    this.#underWay = undefined;
  }

  #frames({ channelId, bytes }: Write): Uint8Array {
    const length = muxFramesBytes(bytes.length);
    const frames = length <= this.#small.length ? this.#small.subarray(0, length) : new Uint8Array(length);
    encodeMuxFrames(channelId, bytes, frames);
    return frames;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      const written = await this.#connection.write(rest);
      if (written < 1) throw new Error("Cannot write to the connection: it takes no bytes");
      rest = rest.subarray(written);
    }
  }
}
