/** Values in order of arrival, for readers that may come before them. */
export class Queue<T> {
  readonly #values: T[] = [];
  readonly #readers: PromiseWithResolvers<T>[] = [];
  #failure: Error | undefined;

  push(value: T): void {
    const reader = this.#readers.shift();
    if (reader === undefined) this.#values.push(value);
    else reader.resolve(value);
  }

  /** No value comes any more: readers without one are rejected, now and later. */
  fail(failure: Error): void {
    this.#failure = failure;
    for (const reader of this.#readers.splice(0)) reader.reject(failure);
  }

  /** Takes the next value. */
  next(): Promise<T> {
    const value = this.#values.shift();
    if (value !== undefined) return Promise.resolve(value);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const reader = Promise.withResolvers<T>();
    this.#readers.push(reader);
    return reader.promise;
  }
}
