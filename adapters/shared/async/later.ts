/** Does something a while after it was first asked to; what is asked for meanwhile is the same. */
export class Later {
  readonly #delayMilliseconds: number;
  readonly #task: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(delayMilliseconds: number, task: () => void) {
    this.#delayMilliseconds = delayMilliseconds;
    this.#task = task;
  }

  ask(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#task();
    }, this.#delayMilliseconds);
  }

  /** What was asked for is not done any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
