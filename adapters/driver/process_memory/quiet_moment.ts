/** What a {@link QuietMoment} does and knows of the process. */
export interface QuietMomentOptions {
  /** After which it counts as quiet: 1,000 by default, so that a start is over two seconds after its begin. */
  readonly quietMilliseconds?: number;
  /** How much memory the process holds. */
  readonly residentBytes: () => number;
  /** Called when it is quiet and there is something to be gained. */
  readonly act: () => void;
}

/** Less is not worth the pause. */
const worthBytes = 8 * 2 ** 20;

/** Acts once it is quiet after something happened, if the process has grown since it last acted. */
export class QuietMoment {
  readonly #options: QuietMomentOptions;
  readonly #quietMilliseconds: number;
  #lastAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #residentBytes = 0;

  constructor(options: QuietMomentOptions) {
    this.#options = options;
    this.#quietMilliseconds = options.quietMilliseconds ?? 1_000;
  }

  /** Something happened. Cheap, however often. */
  happened(): void {
    this.#lastAt = performance.now();
    this.#timer ??= setTimeout(() => this.#look(), this.#quietMilliseconds);
  }

  /** Forgets what happened. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const left = this.#lastAt + this.#quietMilliseconds - performance.now();
    this.#timer = left > 0 ? setTimeout(() => this.#look(), left) : undefined;
    if (left > 0) return;
    const { residentBytes, act } = this.#options;
    if (residentBytes() - this.#residentBytes < worthBytes) return;
    act();
    this.#residentBytes = residentBytes();
  }
}
