import type { RequestOptions } from "node:https";
import type { ClusterAccess } from "./cluster_access.ts";
import { readToken } from "./token_file.ts";

/** What a request needs to be let in. */
export interface RequestCredentials {
  /** Trusts the cluster's authority and shows the user's certificate. */
  readonly client: Deno.HttpClient;
  readonly headers: Headers;
}

/**
 * Authority, client certificate, token and exec plugin of a kubeconfig or service account, as they are now:
 * files are read for every request, since whoever issued them replaces them.
 */
export class Credentials {
  readonly #access: ClusterAccess;
  #client: Deno.HttpClient | undefined;
  /** What the client was made from. */
  #tls = "";

  constructor(access: ClusterAccess) {
    this.#access = access;
  }

  /** Throws whatever keeps the files from being read or the plugin from answering. */
  async current(): Promise<RequestCredentials> {
    const { kubeConfig, tokenFile } = this.#access;
    const options: RequestOptions = {};
    await kubeConfig.applyToHTTPSOptions(options);
    const headers = new Headers();
    for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, String(value));
    if (tokenFile !== undefined) headers.set("authorization", `Bearer ${await readToken(tokenFile)}`);
    return { client: this.#clientFor(options), headers };
  }

  /** Has the next request make a connection of its own. What is under way on the old ones goes on. */
  renewConnections(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  #clientFor({ ca, cert, key }: RequestOptions): Deno.HttpClient {
    const [authority = "", certificate = "", privateKey = ""] = [ca, cert, key].map((pem) => pem?.toString());
    const tls = JSON.stringify([authority, certificate, privateKey]);
    if (tls !== this.#tls) this.renewConnections();
    this.#tls = tls;
    // Deno takes any text, and then trusts nobody.
    if (authority !== "" && !authority.includes("-----BEGIN CERTIFICATE-----")) {
      throw new Error("the certificate authority is not in PEM");
    }
    this.#client ??= Deno.createHttpClient({
      ...(authority === "" ? {} : { caCerts: [authority] }),
      ...(certificate === "" ? {} : { cert: certificate, key: privateKey }),
    });
    return this.#client;
  }
}
