import type { PreparedClaim } from "../../../core/claims/claim.ts";
import {
  type CheckpointLook,
  type ClaimCheckpoint,
  ClaimCheckpointError,
  type DamagedCheckpoint,
} from "../../../core/ports/claim_checkpoint.ts";
import type { ClaimUid } from "../../../core/values/ids.ts";

/** A checkpoint in memory, which answers after as long as `answering` takes and fails when told to. */
export class MemoryCheckpoint implements ClaimCheckpoint {
  readonly stored = new Map<ClaimUid, PreparedClaim>();
  damaged: readonly DamagedCheckpoint[] = [];
  answering: () => Promise<void> = () => Promise.resolve();
  /** Whether there is something to be seen: at the start. */
  unseen = true;
  /** The error of the next call, which then does nothing. */
  failing: (call: "save" | "remove") => Error | undefined = () => undefined;

  look(): Promise<CheckpointLook | undefined> {
    if (!this.unseen) return Promise.resolve(undefined);
    this.unseen = false;
    const entries = [...this.stored].map(([uid, claim]) =>
      [uid, { version: versionOf(claim), claim }] as const
    );
    return Promise.resolve({ entries: new Map(entries), damaged: this.damaged });
  }

  has({ reference: { uid } }: PreparedClaim): Promise<boolean> {
    return Promise.resolve(this.stored.has(uid));
  }

  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return task();
  }

  async save(claim: PreparedClaim): Promise<void> {
    await this.#attempt("save");
    this.stored.set(claim.reference.uid, claim);
  }

  async remove(uid: ClaimUid): Promise<void> {
    await this.#attempt("remove");
    this.stored.delete(uid);
  }

  async #attempt(call: "save" | "remove"): Promise<void> {
    await this.answering();
    const error = this.failing(call);
    if (error !== undefined) throw error;
  }

  deviceId({ reference }: PreparedClaim, request: string): string {
    return `dra.memory/claim=${reference.uid}_${request}`;
  }
}

export const diskFull = new ClaimCheckpointError("Cannot write the checkpoint: no space left");

/** Another one for each claim that is stored. */
function versionOf(claim: PreparedClaim): string {
  const known = versions.get(claim) ?? crypto.randomUUID();
  versions.set(claim, known);
  return known;
}

const versions = new WeakMap<PreparedClaim, string>();
