import type { PreparedClaim } from "../claims/claim.ts";
import type { ClaimUid } from "../ids.ts";

/** A record could not be written or removed; nothing is half done. */
export class ClaimRecordError extends Error {
  override name = "ClaimRecordError";
}

/** What {@link ClaimRecords.load} found. */
export interface LoadedRecords {
  readonly claims: readonly PreparedClaim[];
  /** Records that could not be read and were set aside, one message each. */
  readonly damaged: readonly string[];
}

/**
 * The driver's durable record of prepared claims: its one source of truth, which outlives the driver and is what
 * the container runtime injects from.
 */
export interface ClaimRecords {
  /** Everything on record. A record that cannot be read is set aside and does not stop the others. */
  load(): Promise<LoadedRecords>;
  /** Makes a claim durable: once this resolves it survives a crash, before that the former state does. */
  save(claim: PreparedClaim): Promise<void>;
  /** Removes a claim; one that is not on record is no error. */
  remove(uid: ClaimUid): Promise<void>;
  /** What the runtime is told to inject for a request of a claim: a fully qualified CDI device name. */
  deviceId(claim: PreparedClaim, request: string): string;
}
