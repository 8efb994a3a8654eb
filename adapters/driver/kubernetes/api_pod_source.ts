import type { PodUsage } from "../../../core/claims/pod_usage.ts";
import type { PodSource } from "../../../core/ports/pod_source.ts";
import { CoreV1Api } from "./client_node.ts";
import type { KubernetesConnection } from "./connection.ts";
import { apiConfiguration } from "./http_library.ts";
import { ObjectReader, type ObjectReaderOptions } from "./object_reader.ts";
import { readPodUsage } from "./pod_mapping.ts";

/** Reads Pods from the API server. */
export class ApiPodSource implements PodSource {
  readonly #api: CoreV1Api;
  readonly #reader: ObjectReader;

  constructor(connection: KubernetesConnection, options: ObjectReaderOptions = {}) {
    this.#api = new CoreV1Api(apiConfiguration(connection));
    this.#reader = new ObjectReader(connection, options);
  }

  async pod(namespace: string, name: string): Promise<PodUsage | undefined> {
    const object = await this.#reader.read(
      `pod ${namespace}/${name}`,
      (options) => this.#api.readNamespacedPod({ namespace, name }, options),
    );
    return object && readPodUsage(object);
  }
}
