import type { ObjectMeta } from "kubernetes-types/meta/v1";
import { isNotFound } from "../../../adapters/driver/kubernetes/api_error.ts";
import { connectToCluster } from "../../../adapters/driver/kubernetes/connect.ts";
import type { ApiRequest, KubernetesConnection } from "../../../adapters/driver/kubernetes/connection.ts";

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
    return await this.#send<T>({ method: "GET", path });
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
    return await this.#connection.exchangeText({ method: "GET", path, headers: { accept: "*/*" } });
  }

  /** Creates an object; fields that the server does not know are refused. */
  async create<T extends { readonly metadata?: ObjectMeta }>(collection: string, object: T): Promise<T> {
    const path = `${collection}?fieldValidation=Strict`;
    return await this.#send<T>({ method: "POST", path, body: object });
  }

  /** Creates or changes an object, so that it has what is given; fields that the server does not know are refused. */
  async apply(path: string, object: unknown): Promise<void> {
    const query = "fieldManager=dramemory-e2e&force=true&fieldValidation=Strict";
    const headers = { "content-type": serverSideApply };
    await this.#send({ method: "PATCH", path: `${path}?${query}`, headers, body: object });
  }

  async patch<T>(path: string, patch: unknown): Promise<T> {
    const headers = { "content-type": mergePatch };
    return await this.#send<T>({ method: "PATCH", path, headers, body: patch });
  }

  /** Deletes an object if it is there. */
  async delete(path: string): Promise<void> {
    try {
      await this.#send({ method: "DELETE", path });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  /** The answer is of the type that the caller knows it to be. */
  async #send<T>(request: ApiRequest): Promise<T> {
    return await this.#connection.exchange(request) as T;
  }
}
