import * as v from "valibot";
import {
  type ClusterApi,
  ClusterApiError,
  type ListOptions,
  type ListPage,
} from "../../../core/operations/ports/cluster_api.ts";
import { ApiStatusError, explain, isNotFound } from "./api_error.ts";
import type { KubernetesConnection } from "./connection.ts";

/** As many as kubectl asks for at a time. */
const pageSize = 500;

const list = v.object({
  metadata: v.object({
    continue: v.optional(v.string(), ""),
    remainingItemCount: v.optional(v.number(), 0),
  }),
  items: v.nullish(v.array(v.unknown()), []),
});

/** Reads whatever a user may read of a cluster, in pages, and creates what takes an answer. */
export class ApiReader implements ClusterApi {
  readonly #connection: KubernetesConnection;

  constructor(connection: KubernetesConnection) {
    this.#connection = connection;
  }

  async get(path: string): Promise<unknown> {
    try {
      return await this.#connection.exchange({ method: "GET", path });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw readError("get", path, error);
    }
  }

  async create(path: string, object: unknown): Promise<unknown> {
    try {
      return await this.#connection.exchange({ method: "POST", path, body: object });
    } catch (error) {
      throw readError("create", path, error);
    }
  }

  async remove(path: string): Promise<void> {
    try {
      await this.#connection.exchange({ method: "DELETE", path });
    } catch (error) {
      if (!isNotFound(error)) throw readError("delete", path, error);
    }
  }

  async *pages(path: string, { fieldSelector, labelSelector }: ListOptions = {}): AsyncGenerator<ListPage> {
    let next = "";
    do {
      const query = new URLSearchParams({
        limit: String(pageSize),
        ...(next === "" ? {} : { continue: next }),
        ...(fieldSelector === undefined ? {} : { fieldSelector }),
        ...(labelSelector === undefined ? {} : { labelSelector }),
      });
      const page = await this.#page(path, query);
      next = page.metadata.continue;
      yield { items: page.items, remaining: page.metadata.remainingItemCount };
    } while (next !== "");
  }

  async #page(path: string, query: URLSearchParams): Promise<v.InferOutput<typeof list>> {
    try {
      return v.parse(list, await this.#connection.exchange({ method: "GET", path: `${path}?${query}` }));
    } catch (error) {
      throw readError("list", path, error);
    }
  }
}

function readError(
  verb: "get" | "list" | "create" | "delete",
  path: string,
  cause: unknown,
): ClusterApiError {
  const resource = resourceOf(path);
  const what = `Cannot ${verb} ${resource}`;
  const status = cause instanceof ApiStatusError ? cause.status : undefined;
  switch (status) {
    case 401:
      return new ClusterApiError(
        `${what}: the cluster does not know these credentials (renew the token or certificate)`,
        "denied",
        { cause },
      );
    case 403:
      return new ClusterApiError(
        `${what}: this user may not (it takes the verb ${verb} on ${resource})`,
        "denied",
        { cause },
      );
    case 404:
      return new ClusterApiError(`${what}: this cluster does not serve ${path}`, "absent", { cause });
    case 410:
      return new ClusterApiError(
        `${what}: the list grew too old while it was read (try again)`,
        "unavailable",
        {
          cause,
        },
      );
    default:
      return new ClusterApiError(`${what}: ${explain(cause)}`, "unavailable", { cause });
  }
}

/** `resourceclaims.resource.k8s.io in namespace a` for the path of a collection or object. */
function resourceOf(path: string): string {
  const [, group = "", namespace, resource = path] =
    /^\/(?:api|apis\/([^/]+))\/[^/]+(?:\/namespaces\/([^/]+))?\/([^/]+)/.exec(path) ?? [];
  const name = group === "" ? resource : `${resource}.${group}`;
  return namespace === undefined ? name : `${name} in namespace ${decodeURIComponent(namespace)}`;
}
