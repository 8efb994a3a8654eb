import type { ResourceClaim } from "../../../core/claims/claim.ts";
import type { ClaimSource } from "../../../core/ports/claim_source.ts";
import { readClaim } from "./claim_mapping.ts";
import { ResourceV1Api } from "./client_node.ts";
import type { KubernetesConnection } from "./connection.ts";
import { apiConfiguration } from "./http_library.ts";
import { ObjectReader, type ObjectReaderOptions } from "./object_reader.ts";

/** Reads ResourceClaims from the API server. */
export class ApiClaimSource implements ClaimSource {
  readonly #api: ResourceV1Api;
  readonly #reader: ObjectReader;

  constructor(connection: KubernetesConnection, options: ObjectReaderOptions = {}) {
    this.#api = new ResourceV1Api(apiConfiguration(connection));
    this.#reader = new ObjectReader(connection, options);
  }

  /** Throws `ClusterUnavailableError`, and `InvalidIdError` for a claim whose uid cannot be used. */
  async claim(namespace: string, name: string): Promise<ResourceClaim | undefined> {
    const object = await this.#reader.read(
      `claim ${namespace}/${name}`,
      (options) => this.#api.readNamespacedResourceClaim({ namespace, name }, options),
    );
    return object && readClaim(object);
  }
}
