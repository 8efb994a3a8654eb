/** What a host has for work of which several pieces can be done at once. */
export interface HostRoom {
  /** How many pieces at once. */
  readonly lanes: number;
  /** The memory for all of them. */
  readonly memoryMiB: number;
}

/** A piece of work. */
export interface LaneWork<Result> {
  /** The most that it takes. */
  readonly memoryMiB: number;
  /** Does it. */
  readonly run: () => Promise<Result>;
}

/**
 * Does some work, in the order given, as many pieces at once as there is room for; one that is too large for the room is
 * done alone. Resolves to what came of each. Where one fails, no further one is begun, and it rejects when those that run
 * have ended.
 */
export async function inLanes<Result>(
  work: readonly LaneWork<Result>[],
  room: HostRoom,
): Promise<Result[]> {
  const running = new Map<LaneWork<Result>, Promise<Result>>(), begun: Promise<Result>[] = [];
  try {
    for (const piece of work) {
      while (running.size > 0 && !fits([...running.keys(), piece], room)) {
        await Promise.race(running.values());
      }
      const result = piece.run().finally(() => running.delete(piece));
      running.set(piece, result);
      begun.push(result);
    }
    return await Promise.all(begun);
  } finally {
    await Promise.allSettled(begun);
  }
}

function fits(work: readonly LaneWork<unknown>[], { lanes, memoryMiB }: HostRoom): boolean {
  return work.length <= lanes && work.reduce((sum, each) => sum + each.memoryMiB, 0) <= memoryMiB;
}
