import { ApiUnreachableError, MalformedAnswerError } from "./api_error.ts";
import { readBoundedText } from "./bounded_text.ts";
import type { Credentials } from "./credentials.ts";
import type { RateLimiter } from "./rate_limiter.ts";
import { statusError } from "./status_error.ts";
import { withTimeout } from "./timeout.ts";

/** A request to the API server. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With the query, if there is one. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** For how long its answer is waited for, if that is less than for any other's. */
  readonly leftMilliseconds?: number;
}

/**
 * The way to one cluster's API server. Every request is bounded in time, waits for its turn if there is a limiter,
 * carries the credentials of the moment, and throws `ApiStatusError` or `ApiUnreachableError`.
 */
export class KubernetesConnection {
  /** The API server's base URL. */
  readonly server: string;
  readonly #credentials: Credentials;
  readonly #limiter: RateLimiter | undefined;
  readonly #timeoutMilliseconds: number;

  constructor(
    server: string,
    credentials: Credentials,
    limiter: RateLimiter | undefined,
    timeoutMilliseconds: number,
  ) {
    this.server = server;
    this.#credentials = credentials;
    this.#limiter = limiter;
    this.#timeoutMilliseconds = timeoutMilliseconds;
  }

  /** Sends a request and resolves to the object that the answer has, in the API's own shape. */
  async exchange(request: ApiRequest): Promise<unknown> {
    const text = await this.exchangeText(request);
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new MalformedAnswerError(`Cannot read an answer: it is no JSON`, { cause });
    }
  }

  /** Sends a request and resolves to the whole answer. */
  exchangeText(request: ApiRequest): Promise<string> {
    return this.#bounded(
      request,
      undefined,
      async (bounded) => readBody(await this.#fetch(request, bounded)),
    );
  }

  /** Sends a request and hands out the answer's body unread. Its time is not bounded: the signal ends it. */
  open(request: ApiRequest, signal: AbortSignal): Promise<Response> {
    return this.#bounded(request, signal, (bounded) => this.#fetch(request, bounded));
  }

  /** Lets go of idle connections. */
  close(): void {
    this.#credentials.renewConnections();
  }

  async #bounded<T>(
    { leftMilliseconds = Infinity }: ApiRequest,
    signal: AbortSignal | undefined,
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      return await withTimeout(Math.min(this.#timeoutMilliseconds, leftMilliseconds), signal, run);
    } catch (error) {
      // A connection can be dead without a sign, and would then fail all requests that share it (HTTP/2).
      if (error instanceof ApiUnreachableError) this.#credentials.renewConnections();
      throw error;
    }
  }

  async #fetch({ method, path, headers, body }: ApiRequest, signal: AbortSignal): Promise<Response> {
    await this.#limiter?.take(signal);
    signal.throwIfAborted();
    const use = body === undefined ? "reading" : "writing";
    const { client, headers: credentials } = await this.#credentials.current(use).catch((cause) => {
      throw new ApiUnreachableError("no credentials", { cause });
    });
    const response = await fetch(`${this.server}${path}`, {
      method,
      headers: {
        "user-agent": "dramemory",
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
        ...credentials,
      },
      body: body === undefined ? null : JSON.stringify(body),
      redirect: "error",
      client,
      signal,
    })
      .catch((cause) => {
        throw signal.aborted ? signal.reason : new ApiUnreachableError("no answer", { cause });
      });
    if (response.ok) return response;
    throw statusError(response.status, response.headers, await readBody(response));
  }
}

function readBody(response: Response): Promise<string> {
  return readBoundedText(response).catch((cause) => {
    if (cause instanceof MalformedAnswerError) throw cause;
    throw new ApiUnreachableError("the answer broke off", { cause });
  });
}
