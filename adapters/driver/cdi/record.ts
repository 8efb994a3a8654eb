import * as v from "valibot";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { claimUid, numaNodeId, podUid } from "../../../core/values/ids.ts";
import { parseResourceName } from "../../../core/values/resource_name.ts";

/** A text that is no record of a claim. */
export class RecordError extends Error {
  override name = "RecordError";
}

/** Bytes are decimal digits, since JSON's numbers are exact only up to 2^53. */
const bytes = v.pipe(v.string(), v.regex(/^[1-9]\d{0,18}$/), v.transform((digits: string) => BigInt(digits)));

const record = v.strictObject({
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

/** A claim as it was recorded. */
export interface RecordedClaim {
  readonly claim: PreparedClaim;
  /** The boot of the machine in which it was prepared (/proc/sys/kernel/random/boot_id). */
  readonly bootId: string;
}

/** Writes a claim as JSON, see {@link parseRecord}. */
export function formatRecord({ claim: { reference, pod, allocations }, bootId }: RecordedClaim): string {
  const amounts = allocations.map((allocation) => ({ ...allocation, bytes: allocation.bytes.toString() }));
  return JSON.stringify({ version: 1, bootId, reference, pod, allocations: amounts });
}

/** Reads what {@link formatRecord} wrote. Throws {@link RecordError} for everything else. */
export function parseRecord(text: string): RecordedClaim {
  try {
    const { reference, pod, allocations, bootId } = v.parse(record, JSON.parse(text));
    return { claim: { reference, pod, allocations }, bootId };
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new RecordError(`Cannot read the record of a claim: ${cause.message}`, { cause });
  }
}
