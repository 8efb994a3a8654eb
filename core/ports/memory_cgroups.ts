import type { MemoryLimit } from "../claims/memory_limits.ts";

/** A file of a cgroup that the driver keeps for pods. */
export type PodMemoryFile = "memory.max" | "memory.low" | "memory.min";

/**
 * The memory limits of pods' cgroups and of those above them, which bind all below. Methods throw `PodCgroupError` that
 * names the path and what to do.
 */
export interface MemoryCgroups {
  /** A pod's cgroup, and before it those above, the highest first, without the root: as paths below the mount. */
  paths(cgroupParent: string): Promise<readonly string[]>;
  readMemory(path: string, file: PodMemoryFile): Promise<MemoryLimit>;
  writeMemory(path: string, file: PodMemoryFile, limit: MemoryLimit): Promise<void>;
}
