import type { BenchClaim } from "./objects.ts";

/** What was exchanged with the API server so far; bytes only of what came by the counted way, TLS included. */
export interface Traffic {
  readonly requests: number;
  readonly sent: number;
  readonly received: number;
}

/** What the API server's thread can be asked for. */
export interface ApiServerMethods {
  /** The text of a kubeconfig, and of one for a way on which bytes are counted. */
  start(): Promise<{ kubeconfig: string; countedKubeconfig: string }>;
  createClaims(count: number): BenchClaim[];
  removeClaims(claims: readonly BenchClaim[]): void;
  /** How many there are, and when one was written last (see `absoluteNow`). */
  slices(): { count: number; lastWriteAt: number };
  removeSlices(): void;
  traffic(): Traffic;
  stop(): Promise<void>;
}

/** A message to the thread. */
export interface ApiServerCall {
  readonly id: number;
  readonly method: keyof ApiServerMethods;
  readonly argument: unknown;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

type Method = keyof ApiServerMethods;
type Value<M extends Method> = Awaited<ReturnType<ApiServerMethods[M]>>;

/** An API server in a thread of its own, so that it does not share the one that calls the driver. */
export class ApiServer {
  readonly #worker = new Worker(new URL("./_api_server_worker.ts", import.meta.url), { type: "module" });
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;

  constructor() {
    this.#worker.onmessage = ({ data: { id, value, error } }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(value);
      else waiting?.reject(new Error(error));
    };
  }

  async call<M extends Method>(method: M, ...args: Parameters<ApiServerMethods[M]>): Promise<Value<M>> {
    const waiting = Promise.withResolvers<unknown>();
    const id = ++this.#lastId;
    this.#waiting.set(id, waiting);
    this.#worker.postMessage({ id, method, argument: args[0] } satisfies ApiServerCall);
    // The worker answers with what its method of that name returns.
    return await waiting.promise as Value<M>;
  }

  async stop(): Promise<void> {
    await this.call("stop");
    this.#worker.terminate();
  }
}
