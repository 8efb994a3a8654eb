import type { PodUsage } from "../../../core/claims/pod_usage.ts";
import type { PodSource } from "../../../core/ports/pod_source.ts";
import type { KubernetesConnection } from "./connection.ts";
import { ObjectReader, type ObjectReaderOptions } from "./object_reader.ts";
import { readPodUsage } from "./pod_mapping.ts";
import { podPath } from "./resource_paths.ts";

/** Reads Pods from the API server. */
export class ApiPodSource implements PodSource {
  readonly #reader: ObjectReader;

  constructor(connection: KubernetesConnection, options: ObjectReaderOptions = {}) {
    this.#reader = new ObjectReader(connection, options);
  }

  async pod(namespace: string, name: string): Promise<PodUsage | undefined> {
    const object = await this.#reader.read(`pod ${namespace}/${name}`, podPath(namespace, name));
    return object === undefined ? undefined : readPodUsage(object);
  }
}
