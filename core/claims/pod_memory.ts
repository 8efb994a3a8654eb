import { PodCgroupError } from "../ports/pod_cgroup.ts";
import type { MemoryCgroups, PodMemoryFile } from "../ports/memory_cgroups.ts";
import type { PodUid } from "../values/ids.ts";
import type { ClaimedContainer } from "./containers.ts";
import { KeyedMutex } from "./keyed_mutex.ts";
import { type PodShare, podShareOf } from "./memory_limits.ts";
import type { PreparedClaims } from "./prepared_claims.ts";
import type { RaisedLimits } from "./raised_limits.ts";

/** What the limits of pods are kept for. */
export interface PodMemorySources {
  readonly cgroups: MemoryCgroups;
  readonly raised: RaisedLimits;
  readonly claims: Pick<PreparedClaims, "holds">;
  readonly containers: { readonly all: () => Iterable<ClaimedContainer> };
}

/** A file that is to have a number of bytes more than others set. */
interface Wanted {
  readonly path: string;
  readonly file: PodMemoryFile;
  /** The pod whose own file it is; undefined for one above pods. */
  readonly pod: PodUid | undefined;
  bytes: bigint;
}

/**
 * Keeps the memory limits of pods' cgroups at what others set plus what the claims of their containers add: `memory.max`
 * of the pod, and what is protected (`memory.low`, `memory.min`) in every cgroup above as well, since a cgroup is
 * protected as far as those above it are. Computed anew each time, so that doing it again changes nothing.
 */
export class PodMemory {
  readonly #sources: PodMemorySources;
  readonly #mutex = new KeyedMutex();

  constructor(sources: PodMemorySources) {
    this.#sources = sources;
  }

  /**
   * Brings all limits in line with the containers that exist. Resolves to the pods whose own limits were not. Throws the
   * first `PodCgroupError`, after trying the rest; cgroups that are gone are none.
   */
  apply(): Promise<ReadonlySet<PodUid>> {
    return this.#mutex.run("all", () => this.#apply());
  }

  async #apply(): Promise<ReadonlySet<PodUid>> {
    const { raised } = this.#sources;
    await raised.load();
    const wanted = await this.#wanted(), changed = new Set<PodUid>();
    for (const key of raised.keys()) {
      const file = fileOf(key);
      if (file !== undefined && !wanted.has(key)) wanted.set(key, { ...file, pod: undefined, bytes: 0n });
    }
    const failures: PodCgroupError[] = [], over: string[] = [];
    for (const [key, file] of wanted) {
      try {
        if (await this.#raise(key, file) && file.pod !== undefined) changed.add(file.pod);
        if (file.bytes === 0n) over.push(key);
      } catch (error) {
        if (!(error instanceof PodCgroupError)) throw error;
        if (error.isMissing) over.push(key);
        else failures.push(error);
      }
    }
    await raised.forget(over);
    const [failure] = failures;
    if (failure !== undefined) throw failure;
    return changed;
  }

  /** Whether a file was something else than it is to be. */
  async #raise(key: string, { path, file, bytes }: Wanted): Promise<boolean> {
    const { cgroups, raised } = this.#sources;
    const found = await cgroups.readMemory(path, file), base = raised.base(key, found);
    const written = base === "max" ? base : base + bytes;
    // Kept first: a limit that is raised and not kept would be raised again by the next instance.
    await raised.set(key, { base, written });
    if (found === written) return false;
    await cgroups.writeMemory(path, file, written);
    return true;
  }

  /** The highest first: a cgroup cannot have more than those above it. */
  async #wanted(): Promise<Map<string, Wanted>> {
    const { cgroups, claims, containers } = this.#sources;
    const files = new Map<string, Wanted>();
    const add = (path: string, file: PodMemoryFile, pod: PodUid | undefined, bytes: bigint) => {
      if (bytes === 0n) return;
      const known = files.get(keyOf(path, file));
      if (known === undefined) files.set(keyOf(path, file), { path, file, pod, bytes });
      else known.bytes += bytes;
    };
    for (const { uid, cgroupParent, share: { max, low, min } } of sharesOf(claims, containers.all())) {
      if (max + low + min === 0n) continue;
      const paths = await cgroups.paths(cgroupParent).catch(ifGone);
      for (const path of paths) {
        const pod = path === paths.at(-1) ? uid : undefined;
        if (pod !== undefined) add(path, "memory.max", pod, max);
        add(path, "memory.low", pod, low);
        add(path, "memory.min", pod, min);
      }
    }
    return files;
  }
}

/** What each container adds, those of one name in a pod once: in a restart two of them exist for a while. */
function sharesOf(claims: Pick<PreparedClaims, "holds">, containers: Iterable<ClaimedContainer>) {
  const byName = new Map<string, { uid: PodUid; cgroupParent: string; share: PodShare }>();
  for (const { name, sandbox: { reference: { uid }, cgroupParent }, holdings } of containers) {
    const held = new Map([...holdings].filter(([claim]) => claims.holds(claim)));
    byName.set(`${uid}/${name}`, { uid, cgroupParent, share: podShareOf(held) });
  }
  return byName.values();
}

/** A pod that is over needs no limits. */
function ifGone(error: unknown): readonly string[] {
  if (error instanceof PodCgroupError && error.isMissing) return [];
  throw error;
}

function keyOf(path: string, file: PodMemoryFile): string {
  return `${path}/${file}`;
}

/** Undefined for the limit of a container, which is kept by its id. */
function fileOf(key: string): Pick<Wanted, "path" | "file"> | undefined {
  const end = key.lastIndexOf("/"), file = files.find((name) => name === key.slice(end + 1));
  return file === undefined || end < 1 ? undefined : { path: key.slice(0, end), file };
}

const files: readonly PodMemoryFile[] = ["memory.max", "memory.low", "memory.min"];
