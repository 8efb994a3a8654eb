/** What was waited for did not come. */
export class WaitedInVainError extends Error {
  override name = "WaitedInVainError";
}

const pollMilliseconds = 5;

/** Waits until something holds, see {@link until}; the error shows the condition as it is written. */
export async function untilTrue(condition: () => boolean | Promise<boolean>): Promise<void> {
  await until(String(condition), condition);
}

/**
 * Looks again and again until a look finds something, and returns that. Throws {@link WaitedInVainError} when it
 * takes too long: 30 seconds unless told.
 */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = 30,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new WaitedInVainError(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
  }
}
