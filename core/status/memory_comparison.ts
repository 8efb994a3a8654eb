import { memoryFiles, type MemoryLimits } from "../claims/memory_limits.ts";
import type { ContainerMemory } from "../ports/container_memory.ts";
import { type Comparison, ofContainer, type Promised } from "./compared.ts";

/**
 * The memory policy of a container that was promised one, beside that of its first process: another is one that the program
 * set itself, or an OCI runtime left out.
 */
export function comparePolicy(
  { adjustment: { policy } }: Promised,
  { policy: found }: ContainerMemory,
): Comparison[] {
  if (policy === undefined) return [];
  const promised = `${policy.mode}:${policy.nodes}`;
  return [{
    ...ofContainer("numa_maps"),
    promised: { policy: promised },
    actual: found === undefined ? undefined : { policy: found },
    differs: found !== undefined && found !== promised,
    ...(found === undefined ? { note: "its processes cannot be looked at" } : {}),
  }];
}

/**
 * The limits of memory that a container was promised, beside those that it has, and those of its pod where they are lower.
 * A kernel without swap has no file that would limit it.
 */
export function compareMemoryLimits(
  { adjustment: { memory = {} } }: Promised,
  actual: ContainerMemory,
): Comparison[] {
  const own = Object.entries(memoryFiles).flatMap(([field, file]) => {
    const name = field as keyof MemoryLimits, promised = memory[name], found = actual.limits?.[name];
    return promised === undefined ? [] : [{
      ...ofContainer(file),
      promised,
      actual: found,
      differs: found !== promised && (found !== undefined || name !== "swapMax"),
    }];
  });
  const pod = podFields.flatMap((name) => {
    const promised = memory[name], found = actual.podLimits?.[name];
    const isLess = typeof promised === "bigint" && typeof found === "bigint" && found < promised;
    return isLess
      ? [{ ...ofContainer(memoryFiles[name]), of: "pod" as const, promised, actual: found, differs: true }]
      : [];
  });
  return [...own, ...pod];
}

/** What of a pod binds its containers. */
const podFields = ["max", "low", "min"] as const;
