import { Buffer } from "node:buffer";
import {
  type Configuration,
  createConfiguration,
  type RequestContext,
  ResponseContext,
  ServerConfiguration,
  wrapHttpLibrary,
} from "./client_node.ts";
import type { KubernetesConnection } from "./connection.ts";

/** What client-node's typed APIs need to send their requests over a connection. */
export function apiConfiguration(connection: KubernetesConnection): Configuration {
  return createConfiguration({
    baseServer: new ServerConfiguration(connection.server, {}),
    ...via(connection),
  });
}

/** The part that sends requests; given to a single call, with a signal that ends that call. */
export function via(connection: KubernetesConnection, signal?: AbortSignal) {
  const send = async (request: RequestContext) => {
    const body = request.getBody();
    if (body !== undefined && typeof body !== "string") {
      throw new TypeError("Cannot send a form to the API server");
    }
    const { status, headers, text } = await connection.exchange({
      method: request.getHttpMethod(),
      url: request.getUrl(),
      headers: request.getHeaders(),
      ...(body === undefined ? {} : { body }),
    }, signal);
    return new ResponseContext(status, Object.fromEntries(headers), {
      text: () => Promise.resolve(text),
      binary: () => Promise.resolve(Buffer.from(text)),
      stream: () => null,
    });
  };
  return { httpApi: wrapHttpLibrary({ send }) };
}
