import type { ContainerPath } from "../values/container_path.ts";
import { resultsOfDriver } from "./allocation.ts";
import type { Allocation, AllocationResult } from "./claim.ts";
import { ConfigError, effectiveConfig } from "./configuration/effective_config.ts";
import type { LimitsConfig, MemoryConfig, OpaqueConfig } from "./configuration/memory_config.ts";
import { refuseRuntimePath } from "./hugetlbfs.ts";
import { isMemory, type LimitTerms, type MemoryTerms, type RequestTerms } from "./memory_terms.ts";

/** A claim as far as terms are made from it. */
export interface ConfiguredClaim {
  readonly results: readonly Pick<AllocationResult, "request" | "driver" | "adminAccess">[];
  readonly configs: readonly OpaqueConfig[];
}

/** An allocation as far as terms are made from it. */
export type AllocatedResource = Pick<Allocation, "request" | "resource">;

/**
 * The terms of a claim's requests of memory, those left out that have none. `allocations` are of the results of this
 * driver, in their order.
 *
 * Hugepages have none: a configuration that is for them by name, or for a claim of nothing else, is refused when it says
 * what only memory can have, and the other way about, and so is a path that every container has something at. Throws
 * {@link ConfigError}.
 */
export function termsOf(
  { results, configs }: ConfiguredClaim,
  allocations: readonly AllocatedResource[],
): RequestTerms[] {
  const requests = resultsOfDriver(results).flatMap(({ request: fullRequest }, index) => {
    const allocation = allocations[index];
    return allocation === undefined ? [] : [{ fullRequest, ...allocation }];
  });
  const memory = new Map(requests.filter(isMemory).map(({ fullRequest, request }) => [request, fullRequest]));
  const forHugepages = memory.size > 0 ? configs.filter(({ requests }) => requests.length > 0) : configs;
  for (const { fullRequest, resource } of requests.filter((request) => !isMemory(request))) {
    const { policy, limits } = memoryTerms(effectiveConfig(fullRequest, forHugepages));
    if (policy !== undefined) {
      throw new ConfigError(
        `policy: ${policy} is for memory, and request ${fullRequest} was given ${resource}: hugepages keep bind`,
      );
    }
    const [limit] = Object.keys(limits ?? {});
    if (limit !== undefined) {
      throw new ConfigError(
        `limits.${limit}: it is for memory, and request ${fullRequest} was given ${resource}, of which it can use what ` +
          "it claims and no more",
      );
    }
    const path = mountPathOf(fullRequest, configs);
    if (path !== undefined) refuseRuntimePath(path);
  }
  if (memory.size > 0) checkMountPaths(requests, configs);
  return [...memory].flatMap(([request, fullRequest]) => {
    const terms = memoryTerms(effectiveConfig(fullRequest, configs));
    return Object.keys(terms).length === 0 ? [] : [{ request, ...terms }];
  });
}

/**
 * Memory has no hugetlbfs. What is for all requests may be meant for others, what names a request for another of its
 * alternatives, and a class serves claims of both; `none` asks for nothing.
 */
function checkMountPaths(
  requests: readonly { fullRequest: string; resource: AllocatedResource["resource"] }[],
  configs: readonly OpaqueConfig[],
): void {
  const isSure = ({ source, requests: named }: OpaqueConfig, request: string) =>
    source === "claim" &&
    (named.length > 0 ? named.includes(request) : requests.every(isMemory) && !request.includes("/"));
  for (const { fullRequest } of requests.filter(isMemory)) {
    const path = mountPathOf(fullRequest, configs.filter((config) => isSure(config, fullRequest)));
    if (path === undefined) continue;
    throw new ConfigError(
      `hugetlbfs.mountPath: ${path} is for hugepages, and request ${fullRequest} was given memory, which has no ` +
        "file system: take it out",
    );
  }
}

/** Where a request is to have its hugetlbfs; undefined where that is left to the driver, or where there is to be none. */
function mountPathOf(fullRequest: string, configs: readonly OpaqueConfig[]): ContainerPath | undefined {
  const { hugetlbfs: { mountPath = "none" } = {} } = effectiveConfig(fullRequest, configs);
  return mountPath === "none" ? undefined : mountPath;
}

/** Why a claim cannot have what its configuration says, given what it was allocated. See {@link termsOf}. */
export function termsProblem(
  claim: ConfiguredClaim,
  allocations: readonly AllocatedResource[],
): string | undefined {
  try {
    termsOf(claim, allocations);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/** Throws {@link ConfigError} for limits that contradict each other. */
function memoryTerms({ policy = "bind", limits = {} }: MemoryConfig): MemoryTerms {
  const terms = limitTerms(limits), { highPercent = 100 } = terms;
  for (const field of ["lowPercent", "minPercent"] as const) {
    const percent = terms[field] ?? 0;
    if (percent <= highPercent) continue;
    throw new ConfigError(
      `limits.${field}: ${percent} is above limits.highPercent, ${highPercent}: the kernel would be told to keep what ` +
        `it is told to take back: write ${highPercent} or less`,
    );
  }
  return {
    ...(policy === "bind" ? {} : { policy }),
    ...(Object.keys(terms).length === 0 ? {} : { limits: terms }),
  };
}

function limitTerms({ max, swap, ...percents }: LimitsConfig): LimitTerms {
  return {
    ...(max === "claim" ? { max } : {}),
    ...Object.fromEntries(Object.entries(percents).filter(([, percent]) => percent > 0)),
    ...(swap === "forbidden" ? { swap } : {}),
  };
}
