import type { ResourceClaim } from "../claims/claim.ts";
import type { PodUsage } from "../claims/pod_usage.ts";
import type { TaskLimit } from "../claims/task_limit.ts";
import type { CallTime } from "../ports/call_time.ts";
import { type ClaimSource, ClusterUnavailableError } from "../ports/claim_source.ts";
import type { PodSource } from "../ports/pod_source.ts";

/** What the look-ups of a call work with. */
export interface LookupSources {
  readonly claims: ClaimSource;
  readonly pods: PodSource;
  /** For all calls together. */
  readonly limit: TaskLimit;
  /** How long the kubelet waits for the call. */
  readonly time: CallTime | undefined;
}

/**
 * Looks each claim and each pod up once. For a single call of the kubelet, which names all claims of a pod at once and
 * waits for so long and no longer: what waits in a queue then fails with a reason, and not the call without one.
 */
export class ClusterLookups implements ClaimSource, PodSource {
  readonly #sources: LookupSources;
  #isOver = false;
  readonly #claims = new Map<string, Promise<ResourceClaim | undefined>>();
  readonly #pods = new Map<string, Promise<PodUsage | undefined>>();

  constructor(sources: LookupSources) {
    this.#sources = sources;
    sources.time?.over.then(() => this.#isOver = true);
  }

  /** Runs what looks up a claim when its turn comes. Throws `ClusterUnavailableError` when the call's time is over. */
  async run<T>(claimName: string, task: () => Promise<T>): Promise<T> {
    const { limit, time } = this.#sources;
    const tooLate = (): never => {
      throw new ClusterUnavailableError(
        `Cannot read claim ${claimName} in time: the API server is slow, or away; the kubelet tries again`,
      );
    };
    const found = limit.run(() => this.#isOver ? tooLate() : task());
    return time === undefined ? await found : await Promise.race([found, time.over.then(tooLate)]);
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
