/** As much of a text that was not understood as a message shows: it can be anything, of any length. */
const maxQuoted = 60;

/** The beginning of a text, `…` in place of the rest. */
export function shortened(text: string, length = maxQuoted): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** The beginning of a text that was not understood, in quotes and with its control characters written out. */
export function quoted(text: string): string {
  return JSON.stringify(shortened(text));
}
