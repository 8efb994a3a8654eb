import { Buffer } from "node:buffer";
import { type MethodDefinition, status } from "@grpc/grpc-js";
import { frame, unframe } from "./grpc_frame.ts";

/** A call failed; `code` is gRPC's status. */
export class GrpcCallError extends Error {
  override name = "GrpcCallError";
  constructor(readonly code: status, message: string, options?: ErrorOptions) {
    super(`${status[code]}: ${message}`, options);
  }
}

const maxMessageBytes = 16 * 1024 * 1024;

/**
 * A client for unary gRPC calls over a unix socket, which calls as the kubelet does: as `localhost`, in the clear.
 * With its two files of frames it stands in for the client of grpc-js, which rests on node:http2.
 *
 * - Symptom: a server that says goodbye (GOAWAY) ends the client's process by a signal.
 * - Versions: 2.7.14 to 2.9.6, the newest that was tried.
 * - Upstream: https://github.com/denoland/deno/issues/36788
 * - Remove when: `still_needed_test.ts` says that this Deno's clients survive it.
 *
 * This one rests on the runtime's `fetch`. `fetch` keeps trailers to itself, which takes nothing from a unary call: a server that has no answer gives its
 * reason in the header, and where it does not, the answer is missing.
 */
export class UnixGrpcClient {
  readonly #path: string;
  readonly #calls = new Map<AbortController, Promise<unknown>>();
  #http: Deno.HttpClient | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Calls a method. Throws {@link GrpcCallError}, DEADLINE_EXCEEDED after the given time. */
  call<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    deadlineMilliseconds: number,
  ): Promise<Response> {
    const abort = new AbortController();
    const timer = setTimeout(
      () =>
        abort.abort(new GrpcCallError(status.DEADLINE_EXCEEDED, `${deadlineMilliseconds} ms have passed`)),
      deadlineMilliseconds,
    );
    const call = this.#exchange(
      method.path,
      method.requestSerialize(request),
      deadlineMilliseconds,
      abort.signal,
    )
      .then((answer) => method.responseDeserialize(answer))
      .finally(() => {
        clearTimeout(timer);
        this.#calls.delete(abort);
      });
    this.#calls.set(abort, call);
    return call;
  }

  /** Makes the calls under way fail. */
  cancel(): void {
    for (const abort of this.#calls.keys()) {
      abort.abort(new GrpcCallError(status.CANCELLED, "the client has given up"));
    }
  }

  /** Ends the connection once the calls under way are through. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#calls.values());
    this.#http?.close();
    this.#http = undefined;
  }

  async #exchange(path: string, message: Buffer, milliseconds: number, signal: AbortSignal): Promise<Buffer> {
    this.#http ??= Deno.createHttpClient({
      proxy: { transport: "unix", path: this.#path },
      http1: false,
      http2: true,
    });
    try {
      const response = await fetch(`http://localhost${path}`, {
        method: "POST",
        client: this.#http,
        signal,
        headers: { "content-type": "application/grpc", te: "trailers", "grpc-timeout": `${milliseconds}m` },
        body: frame(message),
      });
      const body = await boundedBody(response);
      const code = Number(response.headers.get("grpc-status") ?? status.OK);
      if (code !== status.OK) {
        throw new GrpcCallError(code, decodeURIComponent(response.headers.get("grpc-message") ?? ""));
      }
      const answer = unframe(body);
      if (answer === undefined) throw new GrpcCallError(status.INTERNAL, `${path} gave no answer`);
      return Buffer.from(answer);
    } catch (cause) {
      if (cause instanceof GrpcCallError) throw cause;
      throw new GrpcCallError(status.UNAVAILABLE, `${this.#path} cannot be called`, { cause });
    }
  }
}

async function boundedBody({ body }: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > maxMessageBytes) {
      throw new GrpcCallError(status.RESOURCE_EXHAUSTED, `the answer has more than ${maxMessageBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
