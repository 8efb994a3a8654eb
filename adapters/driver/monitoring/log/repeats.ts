/** How much of what comes again and again is told. */
export interface RepeatLimits {
  /** For how long the same subject is not told again. */
  readonly quietMilliseconds: number;
  /** So many of one kind at once, and so many more each second, however many subjects there are. */
  readonly burst: number;
  readonly perSecond: number;
  /** How many subjects are remembered. */
  readonly maxSubjects: number;
}

const usual: RepeatLimits = { quietMilliseconds: 300_000, burst: 100, perSecond: 1, maxSubjects: 1_000 };

interface Kind {
  credit: number;
  at: number;
  untold: number;
}

/**
 * Decides what of many events is told: of each kind and subject the first, and of each kind no more than a reader, a
 * disk and the last lines that are kept can take. What is left out is counted.
 */
export class Repeats {
  readonly #now: () => number;
  readonly #limits: RepeatLimits;
  /** When each subject was told last, the longest ago first. */
  readonly #told = new Map<string, number>();
  readonly #kinds = new Map<string, Kind>();

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number, limits: Partial<RepeatLimits> = {}) {
    this.#now = now;
    this.#limits = { ...usual, ...limits };
  }

  /** Undefined where it is not to be told; else how many of the kind were left out since the last one. */
  tell(kind: string, subject: string): number | undefined {
    const { quietMilliseconds, burst, perSecond, maxSubjects } = this.#limits;
    const now = this.#now(), key = `${kind} ${subject}`;
    const state = this.#kinds.get(kind) ?? { credit: burst, at: now, untold: 0 };
    this.#kinds.set(kind, state);
    state.credit = Math.min(burst, state.credit + (now - state.at) / 1000 * perSecond);
    state.at = now;
    const before = this.#told.get(key);
    if ((before !== undefined && now - before < quietMilliseconds) || state.credit < 1) {
      state.untold++;
      return undefined;
    }
    state.credit--;
    this.#told.delete(key);
    this.#told.set(key, now);
    const [oldest] = this.#told.keys();
    if (oldest !== undefined && this.#told.size > maxSubjects) this.#told.delete(oldest);
    const { untold } = state;
    state.untold = 0;
    return untold;
  }
}
