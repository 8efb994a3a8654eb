import { KubeConfig } from "@kubernetes/client-node";
import type { RequestOptions } from "node:https";
import { dirname } from "node:path";
import { KeptFile } from "../../shared/files/kept_file.ts";
import { type ClusterAccess, ClusterAccessError, type Identity } from "./cluster_access.ts";
import { tokenFileOf } from "./kubeconfig_token.ts";
import { tokenIn } from "./token_file.ts";
import { messageOf } from "../../../core/values/message_of.ts";

/**
 * The current context of a kubeconfig, with its certificates, tokens and plugins. This file loads client-node, which
 * takes more memory than the whole driver: import it only for a kubeconfig, by `import()`.
 */
export class Kubeconfig implements ClusterAccess {
  readonly server: string;
  readonly #kubeConfig: KubeConfig;
  /** Where the token is from a file. */
  readonly #token: KeptFile | undefined;

  /** Reads a kubeconfig file. Throws {@link ClusterAccessError}. */
  static async read(path: string): Promise<Kubeconfig> {
    const kubeConfig = new KubeConfig();
    const text = await readText(path);
    try {
      kubeConfig.loadFromString(text);
      kubeConfig.makePathsAbsolute(dirname(path));
    } catch (cause) {
      throw new ClusterAccessError(`Cannot understand the kubeconfig ${path}: ${messageOf(cause)}`, {
        cause,
      });
    }
    const { server, user } = checked(kubeConfig, `the kubeconfig ${path}`);
    return new Kubeconfig(kubeConfig, server, tokenFileOf(text, user, dirname(path)));
  }

  private constructor(kubeConfig: KubeConfig, server: string, tokenFile: string | undefined) {
    this.#kubeConfig = kubeConfig;
    this.server = server;
    this.#token = tokenFile === undefined ? undefined : new KeptFile(tokenFile);
  }

  async identity(): Promise<Identity> {
    const options: RequestOptions = {};
    await this.#kubeConfig.applyToHTTPSOptions(options);
    const [authority = "", certificate = "", key = ""] = [options.ca, options.cert, options.key]
      .map((pem) => pem?.toString());
    const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [
      name.toLowerCase(),
      String(value),
    ]);
    const token = this.#token && { authorization: `Bearer ${tokenIn(this.#token)}` };
    return { authority, certificate, key, headers: { ...Object.fromEntries(headers), ...token } };
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : messageOf(cause);
    throw new ClusterAccessError(
      `Cannot read the kubeconfig ${path}: ${why} (name another with --kubeconfig)`,
      { cause },
    );
  }
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
