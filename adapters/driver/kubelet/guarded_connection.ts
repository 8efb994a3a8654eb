import type { Buffer } from "node:buffer";
import { GoawayFilter } from "../../shared/deno_workarounds/goaway_filter.ts";
import { UnixStream } from "../../shared/deno_workarounds/unix_stream.ts";

/**
 * A connection whose end is the worst that its peer's bytes can bring about. What the gRPC library and node:http2 throw
 * when they are told of its data, its errors or its end would otherwise be nobody's, and end the process.
 */
export class GuardedConnection extends UnixStream {
  readonly #filter = new GoawayFilter();
  readonly #onThrown: (error: unknown) => void;

  /** `onThrown` is told what was thrown, each time. */
  constructor(connection: Deno.Conn, onThrown: (error: unknown) => void) {
    super(connection);
    this.#onThrown = onThrown;
  }

  protected override handedOn(chunk: Buffer): readonly Buffer[] {
    return this.#filter.take(chunk);
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    return this.#guarded(() => super.emit(event, ...args)) ?? true;
  }

  override write(...args: unknown[]): boolean {
    return Reflect.apply(super.write, this, args.map((arg) => this.#guardedCallback(arg)));
  }

  override end(...args: unknown[]): this {
    return Reflect.apply(super.end, this, args.map((arg) => this.#guardedCallback(arg)));
  }

  /** Streams take a callback as the last of several arguments. */
  #guardedCallback(arg: unknown): unknown {
    return typeof arg !== "function"
      ? arg
      : (...args: unknown[]) => this.#guarded(() => Reflect.apply(arg, undefined, args));
  }

  #guarded<T>(callBack: () => T): T | undefined {
    try {
      return callBack();
    } catch (error) {
      this.#onThrown(error);
      this.destroy();
    }
  }
}
