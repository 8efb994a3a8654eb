import type { Writable } from "node:stream";

/**
 * Writes the newest state of something to a stream whose reader may be slow: at most one message is under way at
 * a time, and however often the state changed meanwhile, the next message is the state as it then is.
 */
export class NewestWriter<Message extends object> {
  readonly #stream: Pick<Writable, "write">;
  readonly #newest: () => Message;
  #underWay: Message | undefined;
  #due = false;
  #ended = false;

  constructor(stream: Pick<Writable, "write">, newest: () => Message) {
    this.#stream = stream;
    this.#newest = newest;
  }

  /** The message that the stream has not taken yet. */
  get underWay(): Message | undefined {
    return this.#underWay;
  }

  /** Writes now, or as soon as the message under way is gone. */
  write(): void {
    this.#due = true;
    this.#writeDue();
  }

  /** Writes nothing more. The stream is left as it is. */
  end(): void {
    this.#ended = true;
  }

  #writeDue(): void {
    if (this.#ended || !this.#due || this.#underWay !== undefined) return;
    this.#due = false;
    this.#underWay = this.#newest();
    this.#stream.write(this.#underWay, (error) => {
      this.#underWay = undefined;
      if (error) this.end();
      else this.#writeDue();
    });
  }
}
