import type { MemoryLimit } from "../../../core/claims/memory_limits.ts";
import type { LimitBases, RaisedLimit } from "../../../core/ports/limit_bases.ts";
import type { MemoryCgroups } from "../../../core/ports/memory_cgroups.ts";
import { PodCgroupError } from "../../../core/ports/pod_cgroup.ts";

/** The memory limits of a node's cgroups, and what is kept of them: both outlive an instance of the driver. */
export class MemoryNode {
  /** By path and file; what is not there is as the kernel makes it. */
  readonly files = new Map<string, MemoryLimit>();
  kept: ReadonlyMap<string, RaisedLimit> = new Map();
  /** A cgroup that is not there. */
  gone = "";
  failure: Error | undefined;

  readonly bases: LimitBases = {
    load: () => Promise.resolve(this.kept),
    save: (limits) => Promise.resolve(void (this.kept = new Map(limits))),
  };

  readonly cgroups: MemoryCgroups = {
    paths: async (cgroupParent) => {
      await this.#look(cgroupParent);
      const names = cgroupParent.slice(1).split("/");
      return names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`);
    },
    readMemory: async (path, file) => {
      await this.#look(path);
      return this.files.get(`${path}/${file}`) ?? (file === "memory.max" ? "max" : 0n);
    },
    writeMemory: async (path, file, limit) => {
      await this.#look(path);
      this.files.set(`${path}/${file}`, limit);
    },
  };

  #look(path: string): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return path === this.gone
      ? Promise.reject(new PodCgroupError(`Cannot find ${path}`, { isMissing: true }))
      : Promise.resolve();
  }
}
