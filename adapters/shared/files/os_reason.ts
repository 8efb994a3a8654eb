import { messageOf } from "../../../core/values/message_of.ts";

/**
 * Why the system refused something, in its own words and in lower case. Deno's messages read
 * `Permission denied (os error 13): open '/path'`, and callers name the path themselves.
 */
export function osReason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "not found";
  const message = messageOf(error), [, reason] = osMessage.exec(message) ?? [];
  return reason?.toLowerCase() ?? message;
}

/** The same behind the path that Deno's message names, for callers that do not know which one it was. */
export function osReasonAt(error: Error): string {
  const [, path] = /\(os error \d+\): \w+ '([^]+?)'(?: -> '[^]+')?$/.exec(error.message) ?? [];
  return path === undefined ? osReason(error) : `${path}: ${osReason(error)}`;
}

/** Whether the system refused something, as opposed to a fault of the program. */
export function isFromSystem(error: unknown): error is Error {
  return error instanceof Error && osMessage.test(error.message);
}

const osMessage = /^([^]+?) \(os error \d+\)/;
