import type { PreparedClaim } from "../claims/claim.ts";
import type { ClaimUid } from "../values/ids.ts";

/** The checkpoint could not be read, written or removed; nothing is half done. */
export class ClaimCheckpointError extends Error {
  override name = "ClaimCheckpointError";
}

/** Another instance of the driver changes the checkpoint, for longer than changes take. */
export class CheckpointBusyError extends ClaimCheckpointError {
  override name = "CheckpointBusyError";
}

/** What is durable of one claim. */
export interface CheckpointEntry {
  /** Another one each time that the claim is made durable. */
  readonly version: string;
  /** Undefined where the version is the one that the caller knows. */
  readonly claim: PreparedClaim | undefined;
}

/** A checkpoint that cannot be read. */
export interface DamagedCheckpoint {
  /** The claim that it should be of; undefined where not even that is known. */
  readonly uid: ClaimUid | undefined;
  readonly message: string;
}

/** Everything that is durable, see {@link ClaimCheckpoint.look}. */
export interface CheckpointLook {
  readonly entries: ReadonlyMap<ClaimUid, CheckpointEntry>;
  readonly damaged: readonly DamagedCheckpoint[];
}

/** How {@link ClaimCheckpoint.look} is to look. */
export interface LookOptions {
  /** The version of a claim that the caller knows. */
  readonly versionOf: (uid: ClaimUid) => string | undefined;
  /**
   * Whether to mend what is found: damaged entries are set aside, those of an earlier boot of the machine and what a
   * crash left are removed. Only in an exclusive task, since it would otherwise hit what another instance just wrote.
   */
  readonly mend: boolean;
}

/**
 * The driver's durable checkpoint of prepared claims: its one source of truth, which outlives the driver and is what
 * the container runtime injects from.
 *
 * During a rolling update two instances of the driver share it. Changes happen in exclusive tasks; looks do not, since
 * a container that starts cannot wait for those of another instance. {@link ClaimStore} orders the two.
 */
export interface ClaimCheckpoint {
  /**
   * Reads all that is durable, or answers undefined when no other instance changed anything since the last look that
   * came to its end, which is quick. A look sees each claim as it was at some moment of the look. An entry that cannot
   * be read does not stop the others. Throws {@link ClaimCheckpointError}.
   */
  look(options: LookOptions): Promise<CheckpointLook | undefined>;
  /** Whether a claim is durable now, whole, with all that the runtime injects. Throws {@link ClaimCheckpointError}. */
  has(claim: PreparedClaim): Promise<boolean>;
  /** Makes a claim durable, in an exclusive task: once this resolves it survives a crash; if it throws, nothing is left. */
  save(claim: PreparedClaim): Promise<void>;
  /**
   * Removes a claim, in an exclusive task; one that is not durable is no error. What is `known` of it, if it is, saves
   * looking for what belongs to it.
   */
  remove(uid: ClaimUid, known: PreparedClaim | undefined): Promise<void>;
  /**
   * Runs a task while no other instance of the driver runs one. Tasks of one instance may run side by side where
   * there can be no other instance. Not to be nested.
   */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
  /** What the runtime is told to inject for a request of a claim: a fully qualified CDI device name. */
  deviceId(claim: PreparedClaim, request: string): string;
}
