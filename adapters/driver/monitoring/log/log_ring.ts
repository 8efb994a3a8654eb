/** Keeps the last lines of a log, few enough and short enough that they cost next to nothing. */
export class LogRing {
  readonly #maxLines: number;
  readonly #maxLength: number;
  readonly #lines: string[] = [];
  /** Where the next line goes once there is no more room. */
  #oldest = 0;

  /** At most so many lines, cut to so many characters each. */
  constructor(maxLines = 1000, maxLength = 2000) {
    this.#maxLines = maxLines;
    this.#maxLength = maxLength;
  }

  /** Adds a line, which may end with a line break, and pushes out the oldest one when there is no room. */
  add(line: string): void {
    const text = line.trimEnd();
    const kept = text.length > this.#maxLength ? `${text.slice(0, this.#maxLength)}…` : text;
    if (this.#lines.length < this.#maxLines) {
      this.#lines.push(kept);
      return;
    }
    this.#lines[this.#oldest] = kept;
    this.#oldest = (this.#oldest + 1) % this.#maxLines;
  }

  /** The lines, the oldest first. */
  get lines(): readonly string[] {
    return [...this.#lines.slice(this.#oldest), ...this.#lines.slice(0, this.#oldest)];
  }
}
