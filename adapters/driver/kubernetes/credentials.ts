import { undelayedWrites } from "../../shared/deno_workarounds/undelayed_writes.ts";
import type { ClusterAccess, Identity } from "./cluster_access.ts";

/** What a request does: those that read share one connection. */
export type RequestUse = "reading" | "writing";

/** What a request needs to be let in. */
export interface RequestCredentials {
  /** Trusts the cluster's authority and shows the user's certificate. */
  readonly client: Deno.HttpClient;
  readonly headers: Readonly<Record<string, string>>;
}

type Tls = Pick<Identity, "authority" | "certificate" | "key">;

/**
 * The credentials of a cluster's user as they are at each request, since whoever issued them replaces them; and the
 * connections that are made with them.
 */
export class Credentials {
  readonly #access: ClusterAccess;
  readonly #clients = new Map<RequestUse, Deno.HttpClient>();
  /** What the clients were made from. */
  #tls: Tls | undefined;

  constructor(access: ClusterAccess) {
    this.#access = access;
  }

  /** Throws whatever keeps the files from being read or the plugin from answering. */
  async current(use: RequestUse): Promise<RequestCredentials> {
    const { headers, ...tls } = await this.#access.identity();
    return { client: this.#clientFor(tls, use), headers };
  }

  /** Has the next request make a connection of its own. What is under way on the old ones goes on. */
  renewConnections(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  #clientFor(tls: Tls, use: RequestUse): Deno.HttpClient {
    if (this.#tls !== undefined && !isSame(tls, this.#tls)) this.renewConnections();
    this.#tls = tls;
    const known = this.#clients.get(use);
    if (known !== undefined) return known;
    const client = newClient(tls, use);
    this.#clients.set(use, client);
    return client;
  }
}

function isSame(one: Tls, other: Tls): boolean {
  return one.authority === other.authority && one.certificate === other.certificate && one.key === other.key;
}

function newClient({ authority, certificate, key }: Tls, use: RequestUse): Deno.HttpClient {
  // Deno takes any text, and then trusts nobody.
  if (authority !== "" && !authority.includes("-----BEGIN CERTIFICATE-----")) {
    throw new Error("the certificate authority is not in PEM");
  }
  return Deno.createHttpClient({
    ...(authority === "" ? {} : { caCerts: [authority] }),
    ...(certificate === "" ? {} : { cert: certificate, key }),
    ...(use === "writing" ? undelayedWrites : {}),
  });
}
