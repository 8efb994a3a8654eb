import type { ClusterAccess } from "./cluster_access.ts";
import { type Clock, systemClock } from "./clock.ts";
import { KubernetesConnection } from "./connection.ts";
import { Credentials } from "./credentials.ts";
import { exemptLoopback } from "../../shared/sockets/loopback.ts";
import { RateLimiter } from "./rate_limiter.ts";
import { ServiceAccount } from "./service_account.ts";
import { messageOf } from "../../../core/values/message_of.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

export interface ConnectOptions {
  /** A kubeconfig file; without one the service account of the pod is used. */
  readonly kubeconfig?: string | undefined;
  /** Stands in for the root directory when the service account is looked for: "" by default. */
  readonly root?: string;
  /** Requests a second, on average: 0, the default, for as many as there are. */
  readonly requestsPerSecond?: number;
  /** Requests at once, where requests a second are bounded: 100 by default. */
  readonly burst?: number;
  /** For each request: 10,000 by default. */
  readonly timeoutMilliseconds?: number;
  readonly clock?: Clock;
}

/**
 * Finds the cluster and the credentials for it. Sends nothing yet. Throws {@link OperatorError}.
 *
 * Needs all permissions: it reads files that the kubeconfig names, and may run the plugin that it names.
 */
export async function connectToCluster(options: ConnectOptions): Promise<KubernetesConnection> {
  const { kubeconfig, root } = options;
  return await connectBy(
    kubeconfig === undefined ? new ServiceAccount(root) : await readKubeconfig(kubeconfig),
    options,
  );
}

/** The same by an access that was found already. */
export async function connectBy(
  access: ClusterAccess,
  options: Omit<ConnectOptions, "kubeconfig" | "root">,
): Promise<KubernetesConnection> {
  const {
    requestsPerSecond = 0,
    burst = 100,
    timeoutMilliseconds = 10_000,
    clock = systemClock,
  } = options;
  exemptLoopback(access.server);
  const credentials = new Credentials(access);
  await tryCredentials(access, credentials);
  const limiter = requestsPerSecond === 0 ? undefined : new RateLimiter({ requestsPerSecond, burst }, clock);
  return new KubernetesConnection(access.server, credentials, limiter, timeoutMilliseconds);
}

/** Loaded only when it is asked for: what reads kubeconfigs is large. */
async function readKubeconfig(path: string): Promise<ClusterAccess> {
  return await (await import("./kubeconfig.ts")).Kubeconfig.read(path);
}

/** Certificates and tokens that cannot be read are better told at the start. */
async function tryCredentials({ server }: ClusterAccess, credentials: Credentials): Promise<void> {
  try {
    await credentials.current("reading");
  } catch (cause) {
    const why = messageOf(cause);
    throw new OperatorError(
      `Cannot use the credentials for ${server}: ${why} (check the files, data and plugin that the kubeconfig names)`,
      { cause },
    );
  }
}
