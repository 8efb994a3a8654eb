import { join, relative } from "node:path";
import type { MemoryLimit } from "../../../core/claims/memory_limits.ts";
import type { MemoryCgroups, PodMemoryFile } from "../../../core/ports/memory_cgroups.ts";
import { parseLimit } from "./limit.ts";
import { readValue, writeLimit } from "./limit_file.ts";
import { podDirectory } from "./pod_directory.ts";

/** The memory limits of pods in a cgroup v2 hierarchy (Documentation/admin-guide/cgroup-v2.rst, "Memory"). */
export class MemoryLimitCgroups implements MemoryCgroups {
  readonly #mount: string;

  /** `mount` is where the hierarchy with the memory controller is mounted, as a rule `/sys/fs/cgroup`. */
  constructor(mount: string) {
    this.#mount = mount;
  }

  paths(cgroupParent: string): Promise<readonly string[]> {
    return Promise.try(() => {
      const directory = podDirectory(this.#mount, cgroupParent);
      const names = relative(Deno.realPathSync(this.#mount), directory).split("/");
      return names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`);
    });
  }

  readMemory(path: string, file: PodMemoryFile): Promise<MemoryLimit> {
    return Promise.try(() => readValue(this.#file(path, file), parseLimit, remedy));
  }

  writeMemory(path: string, file: PodMemoryFile, limit: MemoryLimit): Promise<void> {
    return Promise.try(() => writeLimit(this.#file(path, file), limit, remedy));
  }

  /** A path may come from a file that was kept: it is looked at as the runtime's are. */
  #file(path: string, file: PodMemoryFile): string {
    return join(podDirectory(this.#mount, path), file);
  }
}

const remedy =
  "is the memory controller enabled in cgroup.subtree_control of every parent, and is this root?";
