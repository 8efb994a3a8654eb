/** The API server of one node, in a thread of its own: see `_api_server.ts`, which talks to it. */
import { SimulatedApiServer } from "../../adapters/simulator/api_server/simulated_api_server.ts";
import { nodes, resourceSlices } from "../../adapters/simulator/api_server/resources.ts";
import type { ApiServerCall, ApiServerMethods } from "./api_server.ts";
import { CountingProxy } from "./_counting_proxy.ts";
import { absoluteNow } from "./driver_process.ts";
import { createClaim, nodeName, removeClaim } from "./objects.ts";
import { messageOf } from "../../core/values/message_of.ts";

const server = new SimulatedApiServer();
let proxy: CountingProxy | undefined;
let requests = 0;
let lastSliceAt = 0;
let claimCount = 0;

// Also tells of each request, which is all that is asked of it here: nothing goes wrong.
server.faults = () => {
  requests++;
  return undefined;
};
server.store.history.listen(({ resource }) => {
  if (resource === resourceSlices) lastSliceAt = absoluteNow();
});

const methods: ApiServerMethods = {
  async start() {
    await server.start();
    server.store.create(nodes, { metadata: { name: nodeName } });
    const port = new URL(server.url).port;
    proxy = new CountingProxy(Number(port));
    return {
      kubeconfig: server.kubeconfig,
      countedKubeconfig: server.kubeconfig.replace(`:${port}`, `:${proxy.port}`),
    };
  },
  createClaims: (count) => Array.from({ length: count }, () => createClaim(server.store, claimCount++)),
  removeClaims: (claims) => {
    for (const claim of claims) removeClaim(server.store, claim);
  },
  slices: () => ({ count: server.store.list(resourceSlices).length, lastWriteAt: lastSliceAt }),
  removeSlices: () => {
    for (const { metadata: { name } } of server.store.list(resourceSlices)) {
      server.store.remove(resourceSlices, { name });
    }
  },
  traffic: () => ({ requests, ...(proxy?.bytes ?? { sent: 0, received: 0 }) }),
  async stop() {
    proxy?.close();
    await server.stop();
  },
};

// What a worker's global scope has is not among the types of a program's.
const thread = globalThis as unknown as Pick<Worker, "onmessage" | "postMessage">;

thread.onmessage = async ({ data: { id, method, argument } }: MessageEvent<ApiServerCall>) => {
  // The types of both ends are checked where the calls are made.
  const call = methods[method] as (argument: unknown) => unknown;
  try {
    thread.postMessage({ id, value: await call(argument) });
  } catch (error) {
    thread.postMessage({ id, error: messageOf(error) });
  }
};
