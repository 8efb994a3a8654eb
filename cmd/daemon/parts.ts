/** A part of the daemon, which is started once and stopped once. */
export interface Part {
  /** Resolves when the parts behind it can be started. */
  start?(): void | Promise<void>;
  /** Ends it and resolves when it is over. Stops one as well that was started in part or not at all. */
  stop?(): void | Promise<void>;
}

/** Starts parts in order, each when the former one is ready. Rejects with the first error; the rest is not started. */
export async function startInOrder(parts: readonly Part[]): Promise<void> {
  for (const part of parts) await part.start?.();
}

/** Stops parts in reverse order, each when the later ones are over. Rejects with an error when all were stopped. */
export async function stopInReverse(parts: readonly Part[]): Promise<void> {
  const errors: unknown[] = [];
  for (const part of parts.toReversed()) {
    try {
      await part.stop?.();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** Parts that start in order and stop side by side: what they wait for at their end does not add up. */
export function together(parts: readonly Part[]): Part {
  return {
    start: () => startInOrder(parts),
    stop: async () => {
      await Promise.all(parts.map((part) => part.stop?.()));
    },
  };
}
