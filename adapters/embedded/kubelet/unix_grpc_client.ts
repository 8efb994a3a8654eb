import { Client, credentials, Metadata, type MethodDefinition } from "@grpc/grpc-js";
import { OverTcpCredentials } from "../../old_deno/grpc_credentials.ts";
import { http2NeedsTcp } from "../../old_deno/grpc_probe.ts";

const maxMessageBytes = 16 * 1024 * 1024;
/** Peers on the same machine are worth asking often. */
const backoffMilliseconds = 100;
/** grpc-js varies it by a fifth. */
const longestBackoffMilliseconds = 125;

/** A gRPC client of a server on a unix socket, which it calls as the kubelet does: as `localhost`, in the clear. */
export class UnixGrpcClient {
  readonly #client: Client;
  readonly #overTcp: OverTcpCredentials | undefined;

  constructor(path: string) {
    this.#overTcp = http2NeedsTcp() ? new OverTcpCredentials(path, longestBackoffMilliseconds) : undefined;
    this.#client = new Client(`unix:${path}`, this.#overTcp ?? credentials.createInsecure(), {
      "grpc.default_authority": "localhost",
      "grpc.max_receive_message_length": maxMessageBytes,
      "grpc.max_send_message_length": maxMessageBytes,
      "grpc.initial_reconnect_backoff_ms": backoffMilliseconds,
      "grpc.max_reconnect_backoff_ms": backoffMilliseconds,
      "grpc.enable_channelz": 0,
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  /** Calls a unary method. Throws grpc-js's `ServiceError`, DEADLINE_EXCEEDED after the given time. */
  call<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    deadlineMilliseconds: number,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        new Metadata(),
        { deadline: Date.now() + deadlineMilliseconds },
        (error, response) => {
          if (error !== null) reject(error);
          else if (response === undefined) reject(new Error(`No response from ${method.path}`));
          else resolve(response);
        },
      );
    });
  }

  /** Ends the connection; what is under way fails. */
  async close(): Promise<void> {
    this.#client.close();
    await this.#overTcp?.gone();
  }
}
