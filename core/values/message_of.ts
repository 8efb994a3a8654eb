/** What something that was thrown says of itself, on one line or several, without a stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
