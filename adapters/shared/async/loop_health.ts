/** A loop that has been silent for too long. */
export interface StuckLoop {
  readonly name: string;
  readonly silentMilliseconds: number;
}

interface WatchedLoop {
  readonly name: string;
  readonly longestSilenceMilliseconds: number;
  lastTurn: number | undefined;
}

/**
 * Knows whether the loops of the process turn.
 *
 * It tells a loop that hangs from one that has nothing to do: a loop reports each turn, whatever came of it, and
 * is stuck when it says nothing for longer than it can take to wait and to work.
 */
export class LoopHealth {
  readonly #now: () => number;
  readonly #loops: WatchedLoop[] = [];

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Takes in a loop and returns what it reports its turns with. It counts from its first turn on. The longest
   * silence is its longest wait and ample time for its work: a stuck loop has the kubelet restart the driver.
   */
  watch(name: string, longestSilenceMilliseconds: number): () => void {
    const loop: WatchedLoop = { name, longestSilenceMilliseconds, lastTurn: undefined };
    this.#loops.push(loop);
    return () => {
      loop.lastTurn = this.#now();
    };
  }

  /** The loops that do not turn any more. */
  get stuck(): readonly StuckLoop[] {
    const now = this.#now();
    return this.#loops.flatMap(({ name, longestSilenceMilliseconds, lastTurn = now }) => {
      const silentMilliseconds = now - lastTurn;
      return silentMilliseconds > longestSilenceMilliseconds ? [{ name, silentMilliseconds }] : [];
    });
  }
}
