import type { Events } from "../events/events.ts";
import type { CheckpointLook, ClaimCheckpoint, DamagedCheckpoint } from "../ports/claim_checkpoint.ts";
import { equal } from "../values/equal.ts";
import type { ClaimUid } from "../values/ids.ts";
import type { PreparedClaim } from "./claim.ts";
import type { PreparedClaims } from "./prepared_claims.ts";
import { SharedTask } from "./shared_task.ts";
import { UsedBytes } from "./used_bytes.ts";

/** How many damaged checkpoints are remembered: more than anybody mends by hand, and no load on the memory. */
const maxDamaged = 100;

interface Entry {
  readonly claim: PreparedClaim;
  /** Undefined until a look has met what this instance itself made durable. */
  version: string | undefined;
}

/** What is asked of {@link ClaimStore.prepare}. */
export interface Proposal {
  readonly uid: ClaimUid;
  /**
   * Makes the claim, checked against what the others use; what it throws is passed on. Called at once before its bytes
   * are reserved, without a pause in between, so that no two claims are given the same ones.
   */
  readonly propose: () => PreparedClaim;
  /** Asked once the bytes are reserved, before the claim is made durable; what it throws is passed on. */
  readonly confirm: (claim: PreparedClaim) => Promise<void>;
}

/**
 * The claims that are prepared on this node, each as it is in the checkpoint, which another instance of the driver may
 * be changing.
 *
 * Every change is made durable first and then known here, or neither. A look at the checkpoint takes time, in which
 * this instance goes on making changes; so it is taken over in one go at its end, except for the claims that this
 * instance was changing at any moment of it: of those it knows better. What another instance changed of them
 * meanwhile, the next look sees.
 */
export class ClaimStore implements PreparedClaims {
  readonly #checkpoint: ClaimCheckpoint;
  readonly #events: Events;
  readonly #claims = new Map<ClaimUid, Entry>();
  readonly #usedBytes = new UsedBytes();
  readonly #looks = new SharedTask(() => this.#look());
  /** Whether who waits for the next look does so in an exclusive task. */
  #mend = false;
  readonly #damaged = new Set<string>();
  /** The claims that are being changed. */
  readonly #changing = new Set<ClaimUid>();
  /** The claims that were being changed at some moment of the look that is under way, if one is. */
  #changedMeanwhile: Set<ClaimUid> | undefined;

  constructor(checkpoint: ClaimCheckpoint, events: Events) {
    this.#checkpoint = checkpoint;
    this.#events = events;
  }

  get(uid: ClaimUid): PreparedClaim | undefined {
    return this.#claims.get(uid)?.claim;
  }

  holds(claim: PreparedClaim): boolean {
    return this.get(claim.reference.uid) === claim;
  }

  /** How many claims are prepared. */
  get size(): number {
    return this.#claims.size;
  }

  /** Every prepared claim. */
  *claims(): IterableIterator<PreparedClaim> {
    for (const { claim } of this.#claims.values()) yield claim;
  }

  /** What all claims hold of a device, in bytes, those included that are about to be made durable. */
  usedBytes(device: string): bigint {
    return this.#usedBytes.of(device);
  }

  /** What is wrong with the checkpoints that could not be read since the start. */
  get damaged(): ReadonlySet<string> {
    return this.#damaged;
  }

  /** What the runtime is told to inject for a request of a claim. */
  deviceId(claim: PreparedClaim, request: string): string {
    return this.#checkpoint.deviceId(claim, request);
  }

  /** Reads what is durable and mends it, once, before anything else. Throws `ClaimCheckpointError`. */
  recover(): Promise<void> {
    return this.#checkpoint.exclusively(() => this.#sync(true));
  }

  /**
   * Learns what other instances changed before this was called. Throws `ClaimCheckpointError`; everything is as before then.
   */
  sync(): Promise<void> {
    return this.#sync(false);
  }

  /**
   * The claim of a uid if it is prepared, also by another instance a moment ago, and durable: a checkpoint that somebody
   * removed or damaged is written again. Throws `ClaimCheckpointError`.
   */
  async find(uid: ClaimUid): Promise<PreparedClaim | undefined> {
    await this.#sync(false);
    const claim = this.get(uid);
    if (claim === undefined || await this.#checkpoint.has(claim)) return claim;
    return await this.#checkpoint.exclusively(() => this.#restore(uid));
  }

  /** Writes every checkpoint again that somebody removed or damaged. Throws `ClaimCheckpointError`. */
  async restoreAll(): Promise<void> {
    for (const uid of [...this.#claims.keys()]) if (!this.#changing.has(uid)) await this.find(uid);
  }

  /**
   * Reserves a claim's bytes and makes it durable, or leaves everything as it was. A claim that is prepared already is
   * answered as it is; one without allocations is answered and not kept. Two changes of one claim must not overlap.
   */
  prepare({ uid, propose, confirm }: Proposal): Promise<PreparedClaim> {
    return this.#checkpoint.exclusively(async () => {
      await this.#sync(true);
      const known = this.get(uid);
      if (known !== undefined) return known;
      const claim = propose();
      if (claim.allocations.length > 0) await this.#add(claim, confirm);
      return claim;
    });
  }

  /**
   * Removes a claim, durably; resolves to what it was, or undefined when it was not known. Two changes of one claim must
   * not overlap. Throws `ClaimCheckpointError`; the claim stays prepared then.
   */
  release(uid: ClaimUid): Promise<PreparedClaim | undefined> {
    return this.#checkpoint.exclusively(() =>
      this.#change(uid, async () => {
        await this.#checkpoint.remove(uid, this.get(uid));
        return this.#drop(uid);
      })
    );
  }

  #add(claim: PreparedClaim, confirm: Proposal["confirm"]): Promise<void> {
    const { uid } = claim.reference;
    return this.#change(uid, async () => {
      this.#usedBytes.add(claim);
      try {
        await confirm(claim);
        await this.#checkpoint.save(claim);
      } catch (error) {
        this.#usedBytes.subtract(claim);
        throw error;
      }
      this.#claims.set(uid, { claim, version: undefined });
    });
  }

  /** In an exclusive task: what is missing now was removed by nobody who may. */
  async #restore(uid: ClaimUid): Promise<PreparedClaim | undefined> {
    await this.#sync(true);
    const claim = this.get(uid);
    if (claim === undefined || await this.#checkpoint.has(claim)) return claim;
    await this.#change(uid, () => this.#checkpoint.save(claim));
    this.#events.emit({ kind: "checkpoint-restored", claim });
    return claim;
  }

  async #change<T>(uid: ClaimUid, change: () => Promise<T>): Promise<T> {
    if (this.#changing.has(uid)) throw new Error(`Two changes of claim ${uid} overlap`);
    this.#changing.add(uid);
    this.#changedMeanwhile?.add(uid);
    try {
      return await change();
    } finally {
      this.#changing.delete(uid);
    }
  }

  /** With `mend` only in an exclusive task, see {@link LookOptions}. */
  #sync(mend: boolean): Promise<void> {
    this.#mend ||= mend;
    return this.#looks.run();
  }

  async #look(): Promise<void> {
    const mend = this.#mend;
    this.#mend = false;
    const changedMeanwhile = this.#changedMeanwhile = new Set(this.#changing);
    try {
      const versionOf = (uid: ClaimUid) => this.#claims.get(uid)?.version;
      const look = await this.#checkpoint.look({ versionOf, mend });
      if (look !== undefined) this.#take(look, changedMeanwhile);
    } finally {
      this.#changedMeanwhile = undefined;
    }
  }

  /** Adopts what a look found. In one go: nothing can change in between. */
  #take({ entries, damaged }: CheckpointLook, changedMeanwhile: ReadonlySet<ClaimUid>): void {
    // Other instances remove files and do not damage them: what is damaged is still prepared.
    const present: ReadonlySet<ClaimUid | undefined> = new Set([
      ...entries.keys(),
      ...damaged.map(({ uid }) => uid),
    ]);
    for (const uid of this.#claims.keys()) {
      if (!present.has(uid) && !changedMeanwhile.has(uid)) this.#drop(uid);
    }
    let recovered = 0;
    for (const [uid, { version, claim }] of entries) {
      if (claim === undefined || changedMeanwhile.has(uid)) continue;
      const known = this.#claims.get(uid);
      if (known !== undefined && equal(known.claim, claim)) known.version = version;
      else {
        this.#drop(uid);
        this.#usedBytes.add(claim);
        this.#claims.set(uid, { claim, version });
        recovered++;
      }
    }
    this.#tell(damaged);
    if (recovered > 0) this.#events.emit({ kind: "claims-recovered", count: recovered });
  }

  /** One that cannot be set aside is met by every look, and told of once. */
  #tell(damaged: readonly DamagedCheckpoint[]): void {
    for (const { message } of damaged) {
      if (this.#damaged.has(message)) continue;
      if (this.#damaged.size < maxDamaged) this.#damaged.add(message);
      this.#events.emit({ kind: "checkpoint-damaged", message });
    }
  }

  #drop(uid: ClaimUid): PreparedClaim | undefined {
    const claim = this.get(uid);
    if (claim === undefined) return undefined;
    this.#usedBytes.subtract(claim);
    this.#claims.delete(uid);
    return claim;
  }
}
