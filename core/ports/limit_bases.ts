import type { MemoryLimit } from "../claims/memory_limits.ts";

/** A limit that the driver raised: what it was, and what it is since. */
export interface RaisedLimit {
  readonly base: MemoryLimit;
  readonly written: MemoryLimit;
}

/** Keeps what limits were before the driver raised them, for its next instance: nobody could tell afterwards. */
export interface LimitBases {
  /** What was kept, by whose limit it is; nothing where that cannot be read, which is told and no error. */
  load(): Promise<ReadonlyMap<string, RaisedLimit>>;
  /** Keeps these instead. That they cannot be written is told and no error. */
  save(limits: ReadonlyMap<string, RaisedLimit>): Promise<void>;
}
