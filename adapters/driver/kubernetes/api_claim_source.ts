import type { ResourceClaim } from "../../../core/claims/claim.ts";
import type { ClaimSource } from "../../../core/ports/claim_source.ts";
import { readClaim } from "./claim_mapping.ts";
import type { KubernetesConnection } from "./connection.ts";
import { ObjectReader, type ObjectReaderOptions } from "./object_reader.ts";
import { claimPath } from "./resource_paths.ts";

/** Reads ResourceClaims from the API server. */
export class ApiClaimSource implements ClaimSource {
  readonly #reader: ObjectReader;

  constructor(connection: KubernetesConnection, options: ObjectReaderOptions = {}) {
    this.#reader = new ObjectReader(connection, options);
  }

  /** Throws `ClusterUnavailableError`, and `ParseError` for a claim whose uid cannot be used. */
  async claim(namespace: string, name: string): Promise<ResourceClaim | undefined> {
    const object = await this.#reader.read(`claim ${namespace}/${name}`, claimPath(namespace, name));
    return object === undefined ? undefined : readClaim(object);
  }
}
