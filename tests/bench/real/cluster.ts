import { join } from "node:path";
import * as v from "valibot";
import { connectToCluster } from "../../../adapters/driver/kubernetes/connect.ts";
import type { KubernetesConnection } from "../../../adapters/driver/kubernetes/connection.ts";
import { linesOf } from "../../../adapters/driver/kubernetes/lines.ts";
import { objectsIn } from "../../deploy/manifests.ts";
import { requirePeer } from "../../peers/go.ts";
import { type ApiServer, startApiServer } from "../../peers/kube_apiserver/api_server.ts";
import { apiServerProgram, etcdProgram } from "../../peers/kube_apiserver/binaries.ts";
import { driverToken } from "../../peers/kube_apiserver/driver_token.ts";
import { createObject } from "../../peers/kube_apiserver/manifests.ts";
import { type BenchClaim, claimSpec, claimStatus, podOf } from "../objects.ts";

const namespace = "default";
const claims = `/apis/resource.k8s.io/v1/namespaces/${namespace}/resourceclaims`;
const slicesPath = "/apis/resource.k8s.io/v1/resourceslices";

/** How many objects are made at a time. */
const width = 32;

const created = v.looseObject({ metadata: v.looseObject({ name: v.string(), uid: v.string() }) });
const slices = v.object({ items: v.array(v.object({ metadata: v.object({ name: v.string() }) })) });

/** A real API server with the driver's shipped manifests, and nodes for drivers. */
export class RealCluster {
  readonly #server: ApiServer;
  /** The administrator's, for watching. */
  readonly #connection: KubernetesConnection;

  private constructor(server: ApiServer, connection: KubernetesConnection) {
    this.#server = server;
    this.#connection = connection;
  }

  static async start(): Promise<RealCluster> {
    const [apiServer, etcd] = [await requirePeer(apiServerProgram), await requirePeer(etcdProgram)];
    const server = await startApiServer({ apiServer, etcd });
    for (const object of await objectsIn(new URL("../../../deploy/manifests/", import.meta.url))) {
      await createObject(server.client, object);
    }
    return new RealCluster(server, await connectToCluster({ kubeconfig: server.kubeconfig }));
  }

  get url(): URL {
    return new URL(`https://127.0.0.1:${this.#server.port}`);
  }

  /** Makes a Node, and the files of the service account that the driver's pod on it has. */
  async addNode(name: string, directory: string): Promise<void> {
    await this.#server.client.send("POST", "/api/v1/nodes", { kind: "Node", metadata: { name } });
    await Deno.mkdir(directory, { recursive: true });
    const token = await driverToken(this.#server, name);
    await Deno.writeTextFile(join(directory, "token"), token, { mode: 0o600 });
    await Deno.copyFile(join(this.#server.directory, "apiserver.crt"), join(directory, "ca.crt"));
  }

  /** Claims of a node from one index up to another, allocated there and reserved, with their pods. */
  async createClaims(node: string, from: number, to: number): Promise<BenchClaim[]> {
    const made: BenchClaim[] = [];
    let next = from;
    await Promise.all(Array.from({ length: width }, async () => {
      for (let index = next++; index < to; index = next++) {
        made[index - from] = await this.#createClaim(node, index);
      }
    }));
    return made;
  }

  /** The names of a node's slices. */
  async slices(node: string): Promise<string[]> {
    const query = new URLSearchParams({ fieldSelector: `spec.nodeName=${node}` });
    const { items } = v.parse(slices, await this.#server.client.send("GET", `${slicesPath}?${query}`));
    return items.map(({ metadata }) => metadata.name);
  }

  /** Calls back for each change of a node's slices, from now until the signal aborts. */
  async watchSlices(node: string, changed: () => void, signal: AbortSignal): Promise<void> {
    const query = new URLSearchParams({ fieldSelector: `spec.nodeName=${node}`, watch: "true" });
    const { body } = await this.#connection.open({ method: "GET", path: `${slicesPath}?${query}` }, signal);
    if (body === null) return;
    follow(body, changed, signal);
  }

  async removeSlices(node: string): Promise<void> {
    for (const name of await this.slices(node)) {
      await this.#server.client.send("DELETE", `${slicesPath}/${name}`);
    }
  }

  async stop(): Promise<void> {
    this.#connection.close();
    await this.#server.stop();
  }

  async #createClaim(node: string, index: number): Promise<BenchClaim> {
    const { client } = this.#server;
    const name = `${node}-${index}`;
    const labels = { "app.kubernetes.io/name": "bench", "pod-template-hash": "5d89bdfbf9" };
    const { spec } = podOf(name, node);
    const pod = v.parse(
      created,
      await client.send("POST", `/api/v1/namespaces/${namespace}/pods`, { metadata: { name, labels }, spec }),
    );
    const claim = v.parse(
      created,
      await client.send("POST", claims, { metadata: { name, labels }, spec: claimSpec(index) }),
    );
    const status = claimStatus(index, node, { name, uid: pod.metadata.uid });
    await client.send("PUT", `${claims}/${name}/status`, { ...claim, status });
    return { namespace, name, uid: claim.metadata.uid, podUid: pod.metadata.uid };
  }
}

/** Until the stream or the wish for it ends. */
async function follow(
  body: ReadableStream<Uint8Array>,
  changed: () => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const _ of linesOf(body, { maxBytes: 1 << 22, idleMilliseconds: 60_000 })) changed();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
