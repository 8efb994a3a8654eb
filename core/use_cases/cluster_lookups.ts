import type { ResourceClaim } from "../claims/claim.ts";
import type { PodUsage } from "../claims/pod_usage.ts";
import type { ClaimSource } from "../ports/claim_source.ts";
import type { PodSource } from "../ports/pod_source.ts";

/** Looks each claim and each pod up once. For a single call of the kubelet, which names all claims of a pod at once. */
export class ClusterLookups implements ClaimSource, PodSource {
  readonly #sources: { readonly claims: ClaimSource; readonly pods: PodSource };
  readonly #claims = new Map<string, Promise<ResourceClaim | undefined>>();
  readonly #pods = new Map<string, Promise<PodUsage | undefined>>();

  constructor(sources: { readonly claims: ClaimSource; readonly pods: PodSource }) {
    this.#sources = sources;
  }

  claim(namespace: string, name: string): Promise<ResourceClaim | undefined> {
    return once(this.#claims, `${namespace}/${name}`, () => this.#sources.claims.claim(namespace, name));
  }

  pod(namespace: string, name: string): Promise<PodUsage | undefined> {
    return once(this.#pods, `${namespace}/${name}`, () => this.#sources.pods.pod(namespace, name));
  }
}

function once<T>(found: Map<string, Promise<T>>, key: string, look: () => Promise<T>): Promise<T> {
  const known = found.get(key);
  if (known !== undefined) return known;
  const answer = look();
  found.set(key, answer);
  return answer;
}
