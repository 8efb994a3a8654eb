import type { Writable } from "node:stream";

/**
 * Writes the newest state of something to a stream whose reader may be slow: at most one message is on its way at
 * a time, and however often the state changed meanwhile, the next message is the state as it then is.
 */
export class NewestWriter<Message> {
  readonly #stream: Pick<Writable, "write">;
  readonly #newest: () => Message;
  #writing = false;
  #due = false;
  #ended = false;

  constructor(stream: Pick<Writable, "write">, newest: () => Message) {
    this.#stream = stream;
    this.#newest = newest;
  }

  /** Writes now, or as soon as the message before is gone. */
  write(): void {
    this.#due = true;
    this.#writeDue();
  }

  /** Writes nothing more. The stream is left as it is. */
  end(): void {
    this.#ended = true;
  }

  #writeDue(): void {
    if (this.#writing || this.#ended || !this.#due) return;
    this.#writing = true;
    this.#due = false;
    this.#stream.write(this.#newest(), () => {
      this.#writing = false;
      this.#writeDue();
    });
  }
}
