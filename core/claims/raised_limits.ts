import type { LimitBases, RaisedLimit } from "../ports/limit_bases.ts";
import { equal } from "../values/equal.ts";
import type { MemoryLimit } from "./memory_limits.ts";

/**
 * What others set of limits that the driver raises. Others set them anew, as the kubelet does at a resize, and do not know
 * of the driver: a limit that is not what the driver made it is theirs, and the driver begins from it again.
 */
export class RaisedLimits {
  readonly #kept: LimitBases;
  readonly #limits = new Map<string, RaisedLimit>();
  #loaded: Promise<void> | undefined;

  constructor(kept: LimitBases) {
    this.#kept = kept;
  }

  /** Begins with what another instance kept, once. */
  load(): Promise<void> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  /** Whose limits are raised. */
  keys(): string[] {
    return [...this.#limits.keys()];
  }

  /** What others set, of a limit that is found to be this. */
  base(key: string, found: MemoryLimit): MemoryLimit {
    const known = this.#limits.get(key);
    return known?.written === found ? known.base : found;
  }

  /** A limit was made something else than others set. */
  async set(key: string, raised: RaisedLimit): Promise<void> {
    if (equal(this.#limits.get(key), raised)) return;
    this.#limits.set(key, raised);
    await this.#kept.save(this.#limits);
  }

  /** These limits are as others set them, or gone. */
  async forget(keys: readonly string[]): Promise<void> {
    if (keys.filter((key) => this.#limits.delete(key)).length > 0) await this.#kept.save(this.#limits);
  }

  async #load(): Promise<void> {
    for (const [key, raised] of await this.#kept.load()) {
      if (!this.#limits.has(key)) this.#limits.set(key, raised);
    }
  }
}
