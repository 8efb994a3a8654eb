import type { ApiObject } from "./api_object.ts";
import type { ObjectEvent } from "./event_history.ts";
import type { ObjectStore } from "./object_store.ts";
import { apiVersionOf } from "./resources.ts";
import type { Route } from "./route.ts";
import { parseSelection } from "./selection.ts";
import { StatusError, statusObject } from "./status.ts";
import { WatchStream } from "./watch_stream.ts";

/** Longer than any test or demo; real servers take 30 to 60 minutes. */
const defaultTimeoutSeconds = 1_800;

/** The watches that are under way. */
export class Watches {
  readonly #store: ObjectStore;
  readonly #streams = new Set<WatchStream>();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  get count(): number {
    return this.#streams.size;
  }

  /**
   * Answers a watch: the changes after `resourceVersion`, or the objects that are there when that is missing or
   * 0, and then what happens. A version that is too old is answered by an ERROR event. Throws `StatusError`.
   */
  open({ resource, namespace }: Route, query: URLSearchParams): Response {
    const store = this.#store;
    const selection = parseSelection(resource, query.get("fieldSelector"), namespace);
    const wanted = (event: ObjectEvent) => event.resource === resource && selection(event.object);
    const since = query.get("resourceVersion") ?? "0";
    try {
      const first = since === "0"
        ? store.list(resource, selection).map((object: ApiObject) => ({
          type: "ADDED" as const,
          resource,
          object,
        }))
        : store.history.since(Number(since));
      const stream = new WatchStream({
        first,
        wanted,
        listen: (listener) => store.history.listen(listener),
        bookmark: query.get("allowWatchBookmarks") !== "true" ? undefined : () => ({
          kind: resource.kind,
          apiVersion: apiVersionOf(resource),
          metadata: { resourceVersion: store.version, creationTimestamp: null },
        }),
        timeoutMilliseconds: Number(query.get("timeoutSeconds") ?? defaultTimeoutSeconds) * 1_000,
      }, (ended) => this.#streams.delete(ended));
      this.#streams.add(stream);
      return jsonLines(stream.body);
    } catch (error) {
      if (!(error instanceof StatusError) || error.code !== 410) throw error;
      return jsonLines(`${JSON.stringify({ type: "ERROR", object: statusObject(error) })}\n`);
    }
  }

  sendBookmarks(): void {
    for (const stream of this.#streams) stream.sendBookmark();
  }

  closeAll(): void {
    for (const stream of [...this.#streams]) stream.close();
  }
}

function jsonLines(body: BodyInit): Response {
  return new Response(body, { headers: { "content-type": "application/json" } });
}
