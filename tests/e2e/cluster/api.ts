import type { KubernetesObject } from "@kubernetes/client-node";
import { isNotFound } from "../../../adapters/driver/kubernetes/api_error.ts";
import { connectToCluster } from "../../../adapters/driver/kubernetes/connect.ts";
import type { KubernetesConnection } from "../../../adapters/driver/kubernetes/connection.ts";

/** The types of patches that the suites send. */
const mergePatch = "application/merge-patch+json";
const serverSideApply = "application/apply-patch+yaml";

/** Plain requests to a cluster's API server, by a kubeconfig. Types are the caller's knowledge of the API. */
export class Api implements Disposable {
  readonly #connection: KubernetesConnection;

  /** Finds the cluster by a kubeconfig: that which KUBECONFIG names, or else the user's own. */
  static async connect(
    kubeconfig = Deno.env.get("KUBECONFIG") ?? `${Deno.env.get("HOME") ?? ""}/.kube/config`,
  ): Promise<Api> {
    return new Api(await connectToCluster({ kubeconfig, timeoutMilliseconds: 60_000 }));
  }

  private constructor(connection: KubernetesConnection) {
    this.#connection = connection;
  }

  async get<T>(path: string): Promise<T> {
    return JSON.parse((await this.#send("GET", path)).text);
  }

  /** The items of a collection. */
  async list<T>(path: string): Promise<T[]> {
    return (await this.get<{ items: T[] }>(path)).items;
  }

  /** The object, or undefined when there is none of that name. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Plain text, such as a container's log. */
  async text(path: string): Promise<string> {
    return (await this.#send("GET", path, { accept: "*/*" })).text;
  }

  /** Creates an object; fields that the server does not know are refused. */
  async create<T extends KubernetesObject>(collection: string, object: T): Promise<T> {
    return JSON.parse(
      (await this.#send("POST", `${collection}?fieldValidation=Strict`, undefined, object)).text,
    );
  }

  /** Creates or changes an object, so that it has what is given; fields that the server does not know are refused. */
  async apply(path: string, object: unknown): Promise<void> {
    const query = "fieldManager=dramemory-e2e&force=true&fieldValidation=Strict";
    await this.#send("PATCH", `${path}?${query}`, { "content-type": serverSideApply }, object);
  }

  async patch<T>(path: string, patch: unknown): Promise<T> {
    return JSON.parse((await this.#send("PATCH", path, { "content-type": mergePatch }, patch)).text);
  }

  /** Deletes an object if it is there. */
  async delete(path: string): Promise<void> {
    try {
      await this.#send("DELETE", path);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  #send(method: string, path: string, headers?: Readonly<Record<string, string>>, body?: unknown) {
    return this.#connection.exchange({
      method,
      url: `${this.#connection.server}${path}`,
      headers: { ...body === undefined ? {} : { "content-type": "application/json" }, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}
