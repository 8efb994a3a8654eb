import type { KeyValue, Request } from "../generated/ttrpc.ts";
import type { CallContext } from "./handler.ts";

const nanosecondsPerMillisecond = 1e6;
/** The longest delay that a timer takes: about 24 days. */
const maxTimeoutMilliseconds = 2 ** 31 - 1;

/** A call that a handler is working on. Timer and signal exist only when they are needed: most calls are quick. */
export class ServerCall implements CallContext {
  readonly metadata: readonly KeyValue[];
  readonly timeoutMilliseconds: number | undefined;
  #controller: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;
  #abortReason: Error | undefined;

  constructor(request: Request) {
    this.metadata = request.metadata;
    if (request.timeoutNano !== 0n) {
      this.timeoutMilliseconds = Number(request.timeoutNano) / nanosecondsPerMillisecond;
    }
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  /** Whether the call is answered or given up. */
  get over(): boolean {
    return this.#over;
  }

  /** Calls back when the caller's deadline passes, unless the call is over by then. */
  onDeadline(callback: () => void): void {
    if (this.timeoutMilliseconds === undefined) return;
    this.#timer = setTimeout(callback, Math.min(Math.ceil(this.timeoutMilliseconds), maxTimeoutMilliseconds));
  }

  /** Ends the call: it has its answer. */
  finish(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  /** Ends the call without its handler, whose signal aborts. */
  giveUp(reason: Error): void {
    if (this.#over) return;
    this.finish();
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }
}
