import { isTransient } from "../../../adapters/driver/kubernetes/api_error.ts";

/** Something did not happen in time; says how far it came. */
export class TooLateError extends Error {
  override name = "TooLateError";
}

/** An answer, or what is still missing. */
export type Answer<T> = { readonly value: T } | { readonly missing: string };

/** How patient the suites are, for all waits alike: an emulated machine takes many times as long as a real one. */
const patience = Number(Deno.env.get("E2E_PATIENCE") ?? "1");

const intervalMilliseconds = 500;

/**
 * Asks until there is an answer. Rejects with {@link TooLateError} after so many seconds, multiplied by what
 * E2E_PATIENCE says. That the API server is away for a moment is no answer.
 */
export async function waitFor<T>(what: string, seconds: number, ask: () => Promise<Answer<T>>): Promise<T> {
  const end = Date.now() + seconds * patience * 1000;
  while (true) {
    const answer = await asked(ask);
    if ("value" in answer) return answer.value;
    if (Date.now() > end) {
      throw new TooLateError(
        `Cannot wait longer than ${seconds * patience} s for ${what}: ${answer.missing}`,
      );
    }
    await delay(intervalMilliseconds);
  }
}

/** Resolves after a time. */
export function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function asked<T>(ask: () => Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await ask();
  } catch (error) {
    if (isTransient(error)) return { missing: String(error) };
    throw error;
  }
}
