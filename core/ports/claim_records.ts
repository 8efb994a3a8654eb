import type { PreparedClaim } from "../claims/claim.ts";
import type { ClaimUid } from "../values/ids.ts";

/** A record could not be read, written or removed; nothing is half done. */
export class ClaimRecordError extends Error {
  override name = "ClaimRecordError";
}

/** What {@link ClaimRecords.refresh} found. */
export interface RecordChanges {
  /** Claims that are on record and were not when last looked. */
  readonly added: readonly PreparedClaim[];
  /** Claims that are on record no more. */
  readonly removed: readonly ClaimUid[];
  /** Records that could not be read and were set aside, one message each. */
  readonly damaged: readonly string[];
}

/**
 * The driver's durable record of prepared claims: its one source of truth, which outlives the driver and is what
 * the container runtime injects from.
 *
 * During a rolling update two instances of the driver share the record.
 */
export interface ClaimRecords {
  /**
   * Tells what changed, other than through this object, since it was last called; the first time everything on
   * record. Quick when nothing changed. A record that cannot be read is set aside and does not stop the others;
   * those of an earlier boot of the machine are removed. Throws {@link ClaimRecordError}.
   */
  refresh(): Promise<RecordChanges>;
  /** Makes a claim durable: once this resolves it survives a crash, before that the former state does. */
  save(claim: PreparedClaim): Promise<void>;
  /** Removes a claim; one that is not on record is no error. */
  remove(uid: ClaimUid): Promise<void>;
  /**
   * Runs a task while no other instance of the driver runs one. Tasks of one instance may run side by side where
   * there can be no other instance.
   */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
  /** What the runtime is told to inject for a request of a claim: a fully qualified CDI device name. */
  deviceId(claim: PreparedClaim, request: string): string;
}
