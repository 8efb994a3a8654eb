import * as v from "valibot";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { claimUid, numaNodeId, podUid } from "../../../core/values/ids.ts";
import { parseResourceName } from "../../../core/values/resource_name.ts";

/** A text that is no checkpoint of a claim. */
export class CheckpointTextError extends Error {
  override name = "CheckpointTextError";
}

/** Bytes are decimal digits, since JSON's numbers are exact only up to 2^53. */
const bytes = v.pipe(v.string(), v.regex(/^[1-9]\d{0,18}$/), v.transform((digits: string) => BigInt(digits)));

const checkpoint = v.strictObject({
  version: v.literal(1),
  bootId: v.string(),
  reference: v.strictObject({
    namespace: v.string(),
    name: v.string(),
    uid: v.pipe(v.string(), v.transform(claimUid)),
  }),
  pod: v.strictObject({
    namespace: v.string(),
    name: v.string(),
    uid: v.pipe(v.string(), v.transform(podUid)),
  }),
  allocations: v.array(v.strictObject({
    request: v.string(),
    pool: v.string(),
    device: v.string(),
    shareId: v.exactOptional(v.string()),
    resource: v.pipe(v.string(), v.transform(parseResourceName)),
    numaNode: v.pipe(v.number(), v.transform(numaNodeId)),
    bytes,
  })),
});

/** A claim as it was made durable. */
export interface CheckpointedClaim {
  readonly claim: PreparedClaim;
  /** The boot of the machine in which it was prepared (/proc/sys/kernel/random/boot_id). */
  readonly bootId: string;
}

/**
 * Writes a claim as JSON, without its container, which stands beside it: an older driver on the same node would take
 * this text for a damaged one if there was anything in it that it does not know. See
 * {@link parseCheckpoint}.
 */
export function formatCheckpoint(
  { claim: { reference, pod, allocations }, bootId }: CheckpointedClaim,
): string {
  const amounts = allocations.map((allocation) => ({ ...allocation, bytes: allocation.bytes.toString() }));
  return JSON.stringify({ version: 1, bootId, reference, pod, allocations: amounts });
}

/** Reads what {@link formatCheckpoint} wrote. Throws {@link CheckpointTextError} for everything else. */
export function parseCheckpoint(text: string): CheckpointedClaim {
  try {
    const { reference, pod, allocations, bootId } = v.parse(checkpoint, JSON.parse(text));
    return { claim: { reference, pod, allocations }, bootId };
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new CheckpointTextError(`Cannot read the checkpoint of a claim: ${cause.message}`, { cause });
  }
}
