import type { Brand } from "./brand.ts";
import { quoted } from "./quoted.ts";
import { ParseError } from "./parse_error.ts";

/** The kernel's own number of a NUMA node. Numbers can be sparse (0, 1, 33): never a list index. */
export type NumaNodeId = Brand<number, "NumaNodeId">;
/** `metadata.uid` of a ResourceClaim, known to be safe as a file name, CDI device name and environment key. */
export type ClaimUid = Brand<string, "ClaimUid">;
/** `metadata.uid` of a Pod. */
export type PodUid = Brand<string, "PodUid">;
/** The runtime's id of a container. */
export type ContainerId = Brand<string, "ContainerId">;

/** The largest number of NUMA nodes that a Linux kernel can be built for (CONFIG_NODES_SHIFT ≤ 10). */
const maxNumaNodes = 1024;

/** Checks a NUMA node number: a whole number from 0 to 1023. Throws {@link ParseError}. */
export function numaNodeId(value: number): NumaNodeId {
  if (!Number.isInteger(value) || value < 0 || value >= maxNumaNodes) {
    throw new ParseError(`Cannot use as NUMA node id: ${value}`);
  }
  return value as NumaNodeId;
}

/**
 * Checks a claim's uid: 1 to 63 letters, digits and inner dashes, which every UUID is.
 *
 * The uid becomes part of a file name, of a CDI device name and of an environment variable's name, so nothing
 * else may get through. Throws {@link ParseError}.
 */
export function claimUid(text: string): ClaimUid {
  if (!/^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(text)) {
    throw new ParseError(`Cannot use as claim uid: ${quoted(text)}`);
  }
  return text as ClaimUid;
}

/** Takes a pod's uid as it is. It names the pod in comparisons and messages, never in a path. */
export function podUid(text: string): PodUid {
  return text as PodUid;
}

/** Takes a container's id as it is. It is only ever handed back to the runtime. */
export function containerId(text: string): ContainerId {
  return text as ContainerId;
}
