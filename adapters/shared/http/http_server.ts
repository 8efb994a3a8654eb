import { type Answer, encodeAnswer, text } from "./answer.ts";
import { readRequestHead, RequestError, type RequestHead } from "./request_head.ts";
import { messageOf } from "../../../core/values/message_of.ts";

/** Bounds of what clients can take. */
export interface HttpServerLimits {
  /** One more pushes out the oldest, once that had {@link graceMilliseconds}; until then it waits to be accepted. */
  readonly maxConnections: number;
  /** Long enough to ask and be answered for who does that at once, as a probe does: none is pushed out before. */
  readonly graceMilliseconds: number;
  /** What more connections would cost the rest of the process is bounded; they wait in the kernel's queue. */
  readonly acceptsPerSecond: number;
  /** From accepting a connection to its end. */
  readonly connectionMilliseconds: number;
}

const defaultLimits: HttpServerLimits = {
  maxConnections: 256,
  graceMilliseconds: 100,
  acceptsPerSecond: 400,
  connectionMilliseconds: 10_000,
};
/** So many connections at once are accepted without a pause. */
const acceptBurst = 32;
/** After a connection could not be accepted, as when the process has no file descriptors left. */
const acceptPauseMilliseconds = 200;
const maxDrainedBytes = 65_536;

/**
 * As much of an HTTP/1.1 server as probes and Prometheus need: GET and HEAD, one request to a connection, answers
 * that are at hand within the time of a connection.
 *
 * It stands in for `Deno.serve`, which gives clients no bounds (2.9.6): one that connects and stays
 * silent is kept for ever, holds up the shutdown for ever, and enough of them use up the file descriptors, at
 * which the whole process ends with "Too many open files".
 */
export class HttpServer {
  readonly #answer: (path: string) => Answer | Promise<Answer>;
  readonly #limits: HttpServerLimits;
  /** Open connections and when each was accepted, the oldest first. */
  readonly #connections = new Map<Deno.Conn, number>();
  readonly #pace: Pace;
  readonly #serving = new Set<Promise<void>>();
  #listener: Deno.Listener<Deno.Conn> | undefined;
  #accepting: Promise<void> | undefined;

  constructor(answer: (path: string) => Answer | Promise<Answer>, limits: Partial<HttpServerLimits> = {}) {
    this.#answer = answer;
    this.#limits = { ...defaultLimits, ...limits };
    this.#pace = new Pace(this.#limits.acceptsPerSecond, acceptBurst);
  }

  /** Listens, port 0 for a free one, and returns the port. Throws what `Deno.listen` throws. */
  start(hostname: string, port: number): number {
    const listener = Deno.listen({ hostname, port });
    this.serve(listener);
    return listener.addr.port;
  }

  /** Serves what a listener accepts, and owns it from now on. */
  serve(listener: Deno.Listener<Deno.Conn>): void {
    this.#listener = listener;
    this.#accepting = this.#accept(listener);
  }

  /** Closes the port and every connection, whatever clients do; resolves when nothing is left. */
  async stop(): Promise<void> {
    this.#listener?.close();
    this.#listener = undefined;
    await this.#accepting;
    for (const connection of this.#connections.keys()) this.#close(connection);
    await Promise.all(this.#serving);
  }

  async #accept(listener: Deno.Listener<Deno.Conn>): Promise<void> {
    while (this.#listener !== undefined) {
      try {
        this.#begin(await listener.accept());
        await this.#makeRoom();
        await this.#pace.next();
      } catch {
        // Either the listener was closed, which ends the loop, or there was no room: once a client leaves there is.
        if (this.#listener !== undefined) await pause(acceptPauseMilliseconds);
      }
    }
  }

  #begin(connection: Deno.Conn): void {
    this.#connections.set(connection, performance.now());
    const serving = this.#serve(connection).finally(() => this.#serving.delete(serving));
    this.#serving.add(serving);
  }

  /** Resolves when one more connection may be accepted. */
  async #makeRoom(): Promise<void> {
    while (this.#listener !== undefined && this.#connections.size >= this.#limits.maxConnections) {
      const [oldest] = this.#connections;
      if (oldest === undefined) return;
      const [connection, accepted] = oldest;
      const grace = accepted + this.#limits.graceMilliseconds - performance.now();
      if (grace > 0) await pause(grace);
      // The process may have been stopped meanwhile, as by its CPU limit: what came in time is read first, which takes
      // the event loop to wait, and not just to go on (setImmediate).
      await pause(1);
      this.#close(connection);
    }
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    const deadline = setTimeout(() => this.#close(connection), this.#limits.connectionMilliseconds);
    try {
      const response = await this.#response(connection);
      if (response === undefined) return;
      for (let sent = 0; sent < response.length;) sent += await connection.write(response.subarray(sent));
      await drain(connection);
    } catch {
      // The client went away or was cut off: there is nobody left to tell.
    } finally {
      clearTimeout(deadline);
      this.#close(connection);
    }
  }

  async #response(connection: Deno.Conn): Promise<Uint8Array | undefined> {
    try {
      const request = await readRequestHead(connection);
      return request && encodeAnswer(await this.#answerTo(request), request.method !== "HEAD");
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return encodeAnswer(text(error.status, error.message), true);
    }
  }

  async #answerTo({ method, path }: RequestHead): Promise<Answer> {
    if (method !== "GET" && method !== "HEAD") return text(405, "There are only GET and HEAD.");
    try {
      return await this.#answer(path);
    } catch (error) {
      return text(500, `Cannot answer: ${messageOf(error)}`);
    }
  }

  #close(connection: Deno.Conn): void {
    if (this.#connections.delete(connection)) connection.close();
  }
}

/** Lets so many things happen a second, and a few at once. */
class Pace {
  readonly #perSecond: number;
  readonly #burst: number;
  #credit: number;
  #counted = performance.now();

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#credit = burst;
  }

  /** Resolves when the next thing may happen. */
  async next(): Promise<void> {
    const now = performance.now();
    this.#credit = Math.min(this.#burst, this.#credit + (now - this.#counted) / 1000 * this.#perSecond) - 1;
    this.#counted = now;
    if (this.#credit < 0) await pause(-this.#credit / this.#perSecond * 1000);
  }
}

/**
 * Lets the client close first: closing while bytes of it are unread would reset the connection and could take the
 * answer along (RFC 9112, section 9.6). One that sends more than a request without need is cut off all the same.
 */
async function drain(connection: Deno.Conn): Promise<void> {
  await connection.closeWrite();
  const buffer = new Uint8Array(4096);
  for (let drained = 0; drained < maxDrainedBytes;) {
    const count = await connection.read(buffer);
    if (count === null) return;
    drained += count;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
