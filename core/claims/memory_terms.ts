import { memoryResource } from "../values/resource_name.ts";
import type { PolicyMode } from "./configuration/memory_config.ts";
import type { ClaimEnvironment, Share } from "./environment.ts";

/** What of limits is more than nothing. */
export interface LimitTerms {
  readonly max?: "claim";
  readonly highPercent?: number;
  readonly lowPercent?: number;
  readonly minPercent?: number;
  readonly swap?: "forbidden";
}

/** On what terms a container has the memory of a request, beyond the amount. What is missing is as without configuration. */
export interface MemoryTerms {
  readonly policy?: Exclude<PolicyMode, "bind">;
  readonly limits?: LimitTerms;
}

/** The terms of one request of a claim. */
export interface RequestTerms extends MemoryTerms {
  /** The base request's name. */
  readonly request: string;
}

/** A share that a container holds. */
export interface HeldShare extends Share {
  /** Absent where the configuration says nothing of it. */
  readonly terms?: MemoryTerms;
}

/** Whether terms are for it: hugepages have none. */
export function isMemory({ resource }: Pick<Share, "resource">): boolean {
  return resource === memoryResource;
}

/** What a container holds of a claim with these terms, by an environment that was found to be the claim's. */
export function heldShares(
  terms: readonly RequestTerms[],
  { request, shares }: Pick<ClaimEnvironment, "request" | "shares">,
): HeldShare[] {
  // The environment of a claim of one request does not name it.
  const found = terms.find((each) => request === undefined || each.request === request);
  if (found === undefined) return [...shares];
  const { request: _, ...own } = found;
  return shares.map((share) => isMemory(share) ? { ...share, terms: own } : share);
}
