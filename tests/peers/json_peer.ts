import * as v from "valibot";
import { bounded, TooLateError } from "./bounded.ts";
import { Queue } from "./_queue.ts";

/** A peer ended by itself. */
export class JsonPeerError extends Error {
  override name = "JsonPeerError";
}

const answerMilliseconds = 30_000;
const stopMilliseconds = 10_000;
const maxStderrCharacters = 16_384;

/**
 * A peer that reads a JSON value from each line of its standard input and answers each with one line, in order,
 * until its input ends.
 * Lines with the key `event` are no answers: they tell what happened by itself.
 */
export class JsonPeer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers = new Queue<unknown>();
  readonly #events = new Queue<unknown>();
  readonly #ended: Promise<void>;
  #stderr = "";

  /** Starts the binary, until this is disposed of. */
  static start(binary: string, args: readonly string[] = []): JsonPeer {
    return new JsonPeer(
      new Deno.Command(binary, { args: [...args], stdin: "piped", stdout: "piped", stderr: "piped" }).spawn(),
    );
  }

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#ended = this.#read();
  }

  /** Sends a request and resolves to its answer, checked. Rejects when the peer ends or takes too long. */
  async ask<T>(
    request: unknown,
    answer: v.GenericSchema<unknown, T>,
    milliseconds = answerMilliseconds,
  ): Promise<T> {
    const text = JSON.stringify(request);
    await this.#input.write(new TextEncoder().encode(`${text}\n`));
    return v.parse(answer, await bounded(`an answer to ${text}`, milliseconds, this.#answers.next()));
  }

  /** Resolves to the next event, checked. */
  async event<T>(event: v.GenericSchema<unknown, T>, milliseconds = answerMilliseconds): Promise<T> {
    return v.parse(event, await bounded("an event", milliseconds, this.#events.next()));
  }

  /** Ends the peer's input, at which it ends by itself; resolves when it has. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    try {
      await bounded("the peer to end", stopMilliseconds, this.#child.status);
    } catch (error) {
      if (!(error instanceof TooLateError)) throw error;
      this.#child.kill("SIGKILL");
    }
    await this.#ended;
  }

  async #read(): Promise<void> {
    await Promise.all([this.#readLines(), this.#readErrors()]);
    const { code } = await this.#child.status;
    const failure = new JsonPeerError(`The peer ended with code ${code}: ${this.#stderr}`);
    this.#answers.fail(failure);
    this.#events.fail(failure);
  }

  async #readLines(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const value: unknown = JSON.parse(line);
        const isEvent = typeof value === "object" && value !== null && "event" in value;
        (isEvent ? this.#events : this.#answers).push(value);
      }
    }
  }

  async #readErrors(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#stderr = (this.#stderr + text).slice(-maxStderrCharacters);
    }
  }
}
