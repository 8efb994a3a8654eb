/** Something did not happen in time. */
export class TooLateError extends Error {
  override name = "TooLateError";
}

/** Resolves as the promise does; rejects with {@link TooLateError} when that takes longer than it may. */
export async function bounded<T>(what: string, milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new TooLateError(`Cannot wait longer than ${milliseconds} ms: ${what}`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again until there is an answer; rejects with {@link TooLateError} when that never comes. */
export async function eventually<T>(
  what: string,
  milliseconds: number,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const end = Date.now() + milliseconds;
  while (true) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new TooLateError(`Cannot wait longer than ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
