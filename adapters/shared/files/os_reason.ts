/**
 * Why the system refused something, in its own words and in lower case. Deno's messages read
 * `Permission denied (os error 13): open '/path'`, and callers name the path themselves.
 */
export function osReason(error: Error): string {
  if (error instanceof Deno.errors.NotFound) return "not found";
  const [, reason] = /^([^]+?) \(os error \d+\)/.exec(error.message) ?? [];
  return reason?.toLowerCase() ?? error.message;
}
