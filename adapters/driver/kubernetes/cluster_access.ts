import { dirname } from "node:path";
import { KubeConfig } from "./client_node.ts";
import { tokenFileOf } from "./token_file.ts";

/** Where a cluster is and as whom to speak to it. */
export interface ClusterAccess {
  readonly kubeConfig: KubeConfig;
  /** The API server's base URL, without a slash at its end. */
  readonly server: string;
  /** The file with the bearer token, where the token comes from one. */
  readonly tokenFile: string | undefined;
}

/** The way to the cluster cannot be found or is not usable. Says what to do. */
export class ClusterAccessError extends Error {
  override name = "ClusterAccessError";
}

/** Reads a kubeconfig file and takes its current context. Throws {@link ClusterAccessError}. */
export async function fromKubeconfig(path: string): Promise<ClusterAccess> {
  const kubeConfig = new KubeConfig();
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : messageOf(cause);
    throw new ClusterAccessError(
      `Cannot read the kubeconfig ${path}: ${why} (name another with --kubeconfig)`,
      {
        cause,
      },
    );
  }
  try {
    kubeConfig.loadFromString(text);
    kubeConfig.makePathsAbsolute(dirname(path));
  } catch (cause) {
    throw new ClusterAccessError(`Cannot understand the kubeconfig ${path}: ${messageOf(cause)}`, { cause });
  }
  const { server, user } = checked(kubeConfig, `the kubeconfig ${path}`);
  return { kubeConfig, server, tokenFile: tokenFileOf(text, user, dirname(path)) };
}

const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Takes the service account that Kubernetes gives to a pod; `root` stands in for the root directory. Throws
 * {@link ClusterAccessError}.
 */
export async function fromServiceAccount(root = ""): Promise<ClusterAccess> {
  for (const name of ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"]) {
    if (Deno.env.get(name)) continue;
    throw new ClusterAccessError(
      `Cannot find the cluster: ${name} is not set, so this is no pod (name a kubeconfig with --kubeconfig)`,
    );
  }
  const tokenFile = `${root}${serviceAccount}/token`;
  for (const file of [tokenFile, `${root}${serviceAccount}/ca.crt`]) {
    await Deno.stat(file).catch((cause) => {
      const message = `Cannot use the pod's service account: ${file}: ${messageOf(cause)} ` +
        "(set automountServiceAccountToken, or name a kubeconfig with --kubeconfig)";
      throw new ClusterAccessError(message, { cause });
    });
  }
  const found = new KubeConfig();
  found.loadFromCluster(root);
  const cluster = found.getCurrentCluster();
  if (cluster === null) throw new ClusterAccessError("Cannot find the cluster of this pod");
  const kubeConfig = new KubeConfig();
  // Without the user's own way to the token: that would go on with an old one for a minute after a rotation.
  kubeConfig.loadFromClusterAndUser(cluster, { name: "service account" });
  return { kubeConfig, server: checked(kubeConfig, "the pod's service account").server, tokenFile };
}

/** Refuses what cannot work, and what would be ignored without a word. */
function checked(kubeConfig: KubeConfig, source: string): { server: string; user: string } {
  const refuse = (why: string): never => {
    throw new ClusterAccessError(`Cannot use ${source}: ${why}`);
  };
  const context = kubeConfig.getContexts().find(({ name }) => name === kubeConfig.getCurrentContext());
  if (context === undefined) {
    return refuse("it has no current context (choose one with kubectl config use-context)");
  }
  const cluster = kubeConfig.getCluster(context.cluster);
  if (cluster === null) return refuse(`its context ${context.name} names no cluster that is there`);
  const user = kubeConfig.getUser(context.user);
  if (user === null) return refuse(`its context ${context.name} names no user that is there`);
  if (!URL.canParse(cluster.server) || new URL(cluster.server).protocol !== "https:") {
    refuse(`its server is ${cluster.server}, but only https:// is supported`);
  }
  if (cluster.skipTLSVerify) {
    refuse(
      "it has insecure-skip-tls-verify, which is not supported (give certificate-authority-data instead)",
    );
  }
  if (cluster.tlsServerName) {
    refuse("it has tls-server-name, which is not supported (use a server URL that its certificate is for)");
  }
  if (cluster.proxyUrl) refuse("it has proxy-url, which is not supported (set HTTPS_PROXY instead)");
  return { server: cluster.server, user: user.name };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
