import { writeOut } from "../ui/terminal.ts";

const firstMilliseconds = 500;
const leftForPrompt = 4;

/**
 * Shows the first rows of a long table on a terminal while the rest is read: once, after half a second, and what is
 * claimed of them is not known yet. It makes room for the whole table then.
 */
export class Preview implements Disposable {
  readonly #enabled: boolean;
  readonly #start = performance.now();
  #lines = 0;

  constructor(wanted: boolean) {
    this.#enabled = wanted && Deno.stdout.isTerminal();
  }

  /** Takes what there is to show, if it is time for it. */
  offer(table: () => string): void {
    if (!this.#enabled || this.#lines > 0 || performance.now() - this.#start < firstMilliseconds) return;
    const { rows } = Deno.consoleSize();
    const shown = table().split("\n").slice(0, Math.max(rows - leftForPrompt, 1));
    this.#lines = shown.length + 1;
    writeOut(`${shown.join("\n")}\nreading the claims …\n`);
  }

  /** Takes it away again. */
  clear(): void {
    if (this.#lines > 0) writeOut(`\x1b[${this.#lines}A\x1b[J`);
    this.#lines = 0;
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}
