import {
  SimulatedApiServer,
  type SimulatedApiServerOptions,
} from "../../../../adapters/simulator/api_server/simulated_api_server.ts";

/** What the server answered. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A running server and plain requests to it. */
export interface RunningServer {
  readonly server: SimulatedApiServer;
  /** The raw answer; its body has to be read. */
  readonly send: (method: string, path: string, init?: RequestInit) => Promise<Response>;
  readonly request: (method: string, path: string, body?: unknown) => Promise<Answer>;
}

/** Runs a test with a server, and takes it down again. */
export async function withServer(
  test: (running: RunningServer) => Promise<void>,
  options: SimulatedApiServerOptions = {},
): Promise<void> {
  const server = new SimulatedApiServer(options);
  await server.start();
  const client = Deno.createHttpClient({ caCerts: [server.authority] });
  const send = (method: string, path: string, { headers, ...init }: RequestInit = {}) =>
    fetch(`${server.url}${path}`, {
      method,
      client,
      ...init,
      headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json", ...headers },
    });
  const request = async (method: string, path: string, body?: unknown) => {
    const response = await send(method, path, body === undefined ? {} : { body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  };
  try {
    await test({ server, send, request });
  } finally {
    client.close();
    await server.stop();
  }
}
