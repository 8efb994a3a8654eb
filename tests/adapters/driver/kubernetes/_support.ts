import { join } from "node:path";
import {
  SimulatedApiServer,
  type SimulatedApiServerOptions,
} from "../../../../adapters/simulator/api_server/simulated_api_server.ts";
import { nodes } from "../../../../adapters/simulator/api_server/resources.ts";
import { type ConnectOptions, connectToCluster } from "../../../../adapters/driver/kubernetes/connect.ts";
import type { KubernetesConnection } from "../../../../adapters/driver/kubernetes/connection.ts";
import { Backoff } from "../../../../adapters/shared/async/backoff.ts";

/** A running API server, a way to it, and a directory for files. */
export interface TestCluster {
  readonly server: SimulatedApiServer;
  readonly connection: KubernetesConnection;
  readonly directory: string;
}

export type ClusterOptions = Omit<ConnectOptions, "kubeconfig"> & SimulatedApiServerOptions;

/** Runs a test with an API server that knows the Node `node-a`, and takes everything down again. */
export async function withCluster(
  test: (cluster: TestCluster) => Promise<void>,
  options: ClusterOptions = {},
): Promise<void> {
  await using cleanUp = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir({ prefix: "dramemory-kubernetes-" });
  cleanUp.defer(() => Deno.remove(directory, { recursive: true }));
  const server = new SimulatedApiServer(options);
  await server.start();
  cleanUp.defer(() => server.stop());
  server.store.create(nodes, { metadata: { name: "node-a" } });
  const kubeconfig = join(directory, "kubeconfig");
  await Deno.writeTextFile(kubeconfig, server.kubeconfig);
  const connection = await connectToCluster({ ...options, kubeconfig });
  cleanUp.defer(() => connection.close());
  await test({ server, connection, directory });
}

/** Waits that do not hold up a test. */
export function quickBackoff(): Backoff {
  return new Backoff(1, 4, () => 0);
}
