import { statusCode, TtrpcError } from "./status.ts";

/** A call that waits for its response: settled once, after which no timer or listener of it is left. */
export class PendingCall {
  readonly response: Promise<Uint8Array>;

  readonly #resolve: (payload: Uint8Array) => void;
  readonly #reject: (error: Error) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #abort: () => void;

  /** `giveUp` is called when the deadline passes or the signal aborts, with the error to fail with. */
  constructor(
    readonly name: string,
    timeoutMilliseconds: number,
    signal: AbortSignal | undefined,
    giveUp: (error: TtrpcError) => void,
  ) {
    ({ promise: this.response, resolve: this.#resolve, reject: this.#reject } = Promise.withResolvers<
      Uint8Array
    >());
    this.#timer = setTimeout(() => giveUp(deadlineExceeded(name, timeoutMilliseconds)), timeoutMilliseconds);
    this.#signal = signal;
    this.#abort = () => giveUp(cancelled(name, signal));
    signal?.addEventListener("abort", this.#abort);
  }

  resolve(payload: Uint8Array): void {
    this.#release();
    this.#resolve(payload);
  }

  reject(error: Error): void {
    this.#release();
    this.#reject(error);
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#abort);
  }
}

/** The error of a call whose deadline passed on this side. */
export function deadlineExceeded(name: string, timeoutMilliseconds: number): TtrpcError {
  return new TtrpcError(
    statusCode.deadlineExceeded,
    `Cannot call ${name}: no answer within ${timeoutMilliseconds} ms`,
  );
}

/** The error of a call that its caller gave up. */
export function cancelled(name: string, signal: AbortSignal | undefined): TtrpcError {
  return new TtrpcError(statusCode.cancelled, `Cannot call ${name}: cancelled by the caller`, {
    cause: signal?.reason,
  });
}
