/**
 * Runs one task at a time, for all who ask while it runs just once more: each is answered by a run that started after
 * it had asked.
 */
export class SharedTask<Result = void> {
  readonly #task: () => Promise<Result>;
  #running: Promise<Result> | undefined;
  #next: Promise<Result> | undefined;

  constructor(task: () => Promise<Result>) {
    this.#task = task;
  }

  run(): Promise<Result> {
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#start();
    const start = () => this.#start();
    return this.#next = this.#running.then(start, start);
  }

  #start(): Promise<Result> {
    this.#next = undefined;
    const running = this.#task();
    this.#running = running;
    const ended = () => {
      if (this.#running === running) this.#running = undefined;
    };
    running.then(ended, ended);
    return running;
  }
}
