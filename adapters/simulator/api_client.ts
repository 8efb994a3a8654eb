import type { SimulatedApiServer } from "./api_server/simulated_api_server.ts";

/** Metadata that everything in the API has. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
}

/** An object of the API, as far as all have the same form. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** A request that the API server refused. */
export class ApiRequestError extends Error {
  override name = "ApiRequestError";
}

/** What a cluster's administrator does: plain requests to the simulated API server. */
export class ApiClient {
  readonly #url: string;
  readonly #token: string;
  readonly #client: Deno.HttpClient;

  /** The server must be running. */
  constructor({ url, token, authority }: SimulatedApiServer) {
    this.#url = url;
    this.#token = token;
    this.#client = Deno.createHttpClient({ caCerts: [authority] });
  }

  close(): void {
    this.#client.close();
  }

  /** Lists the items of a collection. The type is the caller's knowledge of the API. */
  async list<T>(path: string): Promise<T[]> {
    return (await this.request<{ items: T[] }>("GET", path)).items;
  }

  /** Sends a request and reads its answer. Throws {@link ApiRequestError}. */
  async request<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      client: this.#client,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) {
      throw new ApiRequestError(`Cannot ${method} ${path}: ${response.status} ${answer.message}`);
    }
    return answer;
  }
}
