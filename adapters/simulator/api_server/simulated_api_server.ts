import { exemptLoopback } from "../../shared/sockets/loopback.ts";
import { makeServerCertificates } from "./certificates.ts";
import { brokenResponse, type Fault, type Faults, type LoggedRequest, reasonOf } from "./faults.ts";
import { withoutConsumableCapacity, withoutDeviceFields } from "./feature_gates.ts";
import { ObjectStore } from "./object_store.ts";
import { answer } from "./requests.ts";
import { parseRoute } from "./route.ts";
import { StatusError, statusObject } from "./status.ts";
import { Watches } from "./watches.ts";

export interface SimulatedApiServerOptions {
  /** The feature gate DRAConsumableCapacity, on by default. */
  readonly consumableCapacity?: boolean;
  /** What feature gates that are off drop of devices: by default that of DRANodeAllocatableResources. */
  readonly droppedDeviceFields?: readonly string[];
}

/** How many requests are remembered. */
const maxLoggedRequests = 10_000;

/**
 * A small API server that speaks Kubernetes' REST protocol over HTTPS on 127.0.0.1, with the objects that DRA
 * takes: nodes, pods, resourceslices, resourceclaims and deviceclasses. It keeps them in memory, checks slices
 * as the real one does, and misbehaves on request.
 */
export class SimulatedApiServer {
  /** The objects, for those who live in the same process. */
  readonly store = new ObjectStore();
  /** What goes wrong; nothing by default. */
  faults: Faults = () => undefined;
  readonly #watches = new Watches(this.store);
  readonly #consumableCapacity: boolean;
  readonly #droppedDeviceFields: readonly string[];
  readonly #requests: LoggedRequest[] = [];
  #token = makeToken();
  #authority = "";
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;
  #release = Promise.withResolvers<void>();

  constructor(
    { consumableCapacity = true, droppedDeviceFields = ["nodeAllocatableResources"] }:
      SimulatedApiServerOptions = {},
  ) {
    this.#consumableCapacity = consumableCapacity;
    this.#droppedDeviceFields = droppedDeviceFields;
  }

  /** Makes certificates and listens. Has this process's HTTP clients reach it without a proxy. */
  async start(): Promise<void> {
    const { authority, certificate, key } = await makeServerCertificates();
    this.#authority = authority;
    this.#release = Promise.withResolvers();
    const options = { hostname: "127.0.0.1", port: 0, cert: certificate, key, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#handle(request));
    exemptLoopback(this.url);
  }

  /** Ends watches and whatever hangs, and resolves once nothing is left open. */
  async stop(): Promise<void> {
    this.#release.resolve();
    const closing = this.#server?.shutdown();
    this.#watches.closeAll();
    await closing;
    this.#server = undefined;
  }

  /** Where it listens. Only while it runs. */
  get url(): string {
    if (this.#server === undefined) {
      throw new Error("Cannot name the URL of the API server: it is not started");
    }
    return `https://127.0.0.1:${this.#server.addr.port}`;
  }

  /** The certificate of the authority that clients have to trust, in PEM. */
  get authority(): string {
    return this.#authority;
  }

  /** The one bearer token that is taken. */
  get token(): string {
    return this.#token;
  }

  /** A kubeconfig file for this server. Only while it runs. */
  get kubeconfig(): string {
    const cluster = { server: this.url, "certificate-authority-data": btoa(this.#authority) };
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "simulated", cluster }],
      users: [{ name: "admin", user: { token: this.#token } }],
      contexts: [{ name: "simulated", context: { cluster: "simulated", user: "admin" } }],
      "current-context": "simulated",
    });
  }

  /** The latest requests that were let in, the refused ones of {@link faults} included. */
  get requests(): readonly LoggedRequest[] {
    return this.#requests;
  }

  /** How many watches are open. */
  get openWatches(): number {
    return this.#watches.count;
  }

  /** Takes a new token from now on and refuses the former one. */
  rotateToken(): void {
    this.#token = makeToken();
  }

  /** Tells all watches that want bookmarks the current version, as happens once a minute by itself. */
  sendBookmarks(): void {
    this.#watches.sendBookmarks();
  }

  /** Ends all watches, as a server does that restarts. */
  closeWatches(): void {
    this.#watches.closeAll();
  }

  async #handle(request: Request): Promise<Response> {
    try {
      return await this.#answer(request);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      return Response.json(statusObject(error), { status: error.code });
    }
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname: path, searchParams: query } = new URL(request.url);
    if (request.headers.get("authorization") !== `Bearer ${this.#token}`) {
      throw new StatusError(401, "Unauthorized", "Unauthorized");
    }
    const logged = { method: request.method, path, query };
    this.#requests.push(logged);
    if (this.#requests.length > maxLoggedRequests) this.#requests.shift();
    const fault = this.faults(logged);
    if (fault !== undefined) return this.#fail(fault);

    const route = parseRoute(path);
    if (route === undefined) return new Response("404 page not found\n", { status: 404 });
    if (request.method === "GET" && route.name === undefined && query.get("watch") === "true") {
      return this.#watches.open(route, query);
    }
    return await answer(request, query, route, this.store, ({ plural }, object) => {
      if (plural !== "resourceslices") return object;
      const kept = withoutDeviceFields(object, this.#droppedDeviceFields);
      return this.#consumableCapacity ? kept : withoutConsumableCapacity(kept);
    });
  }

  async #fail(fault: Fault): Promise<Response> {
    if (fault === "close") return brokenResponse();
    if (fault === "hang") {
      await this.#release.promise;
      return brokenResponse();
    }
    if ("body" in fault) {
      return new Response(fault.body, { headers: { "content-type": "application/json" } });
    }
    const { status, retryAfterSeconds, plain = false } = fault;
    if (plain) return new Response(`injected fault ${status}\n`, { status });
    const error = new StatusError(status, reasonOf(status), `injected fault ${status}`);
    const headers: HeadersInit = retryAfterSeconds === undefined
      ? {}
      : { "retry-after": String(retryAfterSeconds) };
    return Response.json(statusObject(error), { status, headers });
  }
}

function makeToken(): string {
  return crypto.randomUUID();
}
