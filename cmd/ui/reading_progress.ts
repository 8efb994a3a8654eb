import { writeErr } from "./terminal.ts";

const redrawMilliseconds = 100;
/** A short read shows nothing. */
const quietMilliseconds = 300;

/** Tells on a terminal's stderr how far the reading of long lists has come; elsewhere it is silent. */
export class ReadingProgress implements Disposable {
  readonly #isTerminal = Deno.stderr.isTerminal();
  readonly #start = performance.now();
  readonly #counts = new Map<string, { read: number; remaining: number }>();
  #drawn = 0;
  #shown = false;

  /** Takes the counts after a page. */
  readonly report = (kind: string, read: number, remaining: number): void => {
    this.#counts.set(kind, { read, remaining });
    const now = performance.now();
    if (
      !this.#isTerminal || now - this.#start < quietMilliseconds || now - this.#drawn < redrawMilliseconds
    ) return;
    this.#drawn = now;
    this.#shown = true;
    writeErr(`\r\x1b[K${progressText(this.#counts)}`);
  };

  /** Clears the line. */
  clear(): void {
    if (this.#shown) writeErr("\r\x1b[K");
    this.#shown = false;
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}

const barWidth = 20;

/** `[#####               ] claims 2500 of 10000, slices 300`: the bar is of the list that is being read. */
export function progressText(
  counts: ReadonlyMap<string, { readonly read: number; readonly remaining: number }>,
): string {
  const latest = [...counts.values()].at(-1) ?? { read: 0, remaining: 0 };
  const total = Math.max(latest.read + latest.remaining, 1);
  const filled = Math.round(barWidth * latest.read / total);
  const lists = [...counts].map(([kind, { read, remaining }]) =>
    remaining > 0 ? `${kind} ${read} of ${read + remaining}` : `${kind} ${read}`
  );
  return `[${"#".repeat(filled).padEnd(barWidth)}] ${lists.join(", ")}`;
}
