/** What something that was thrown says of itself, on one line or several, without a stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The first line of that, without the colon that leads to an excerpt of what was read: whatever bytes that has. */
export function firstLineOf(error: unknown): string {
  return messageOf(error).replace(/:?\n[^]*$/, "");
}
