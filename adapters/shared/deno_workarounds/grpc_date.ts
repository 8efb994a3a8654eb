import { Metadata, ResponderBuilder, ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";

/**
 * Gives every answer its `date` header, for servers on Deno up to 2.7.13.
 *
 * There node:http2 would put it in by itself and keep the text in a cache that it clears by a timer: one that outlives
 * the server by up to a second and that nobody can stop.
 */
export const dateAnswers: ServerInterceptor = (_method, call) =>
  new ServerInterceptingCall(
    call,
    new ResponderBuilder()
      .withSendMetadata((metadata, next) => {
        metadata.set("date", now());
        next(metadata);
      })
      .withSendStatus((status, next) => {
        const metadata = status.metadata ?? new Metadata();
        metadata.set("date", now());
        next({ ...status, metadata });
      })
      .build(),
  );

function now(): string {
  return new Date().toUTCString();
}
