const initialBytes = 4096;

/** Bytes that wait to be read, in one piece of memory: many small pieces cost no more than a large one. */
export class ByteQueue {
  #bytes = new Uint8Array(0);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** Copies `bytes` to the end of the queue. */
  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#bytes.length) this.#makeRoom(this.length + bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Moves as many bytes as there are, and fit, to the beginning of `target`; returns how many. */
  take(target: Uint8Array): number {
    const count = Math.min(target.length, this.length);
    target.set(this.#bytes.subarray(this.#start, this.#start + count));
    this.#start += count;
    if (this.#start === this.#end) this.#start = this.#end = 0;
    return count;
  }

  clear(): void {
    this.#bytes = new Uint8Array(0);
    this.#start = this.#end = 0;
  }

  #makeRoom(needed: number): void {
    const kept = this.#bytes.subarray(this.#start, this.#end);
    if (needed > this.#bytes.length) {
      this.#bytes = new Uint8Array(Math.max(needed, 2 * this.#bytes.length, initialBytes));
    }
    this.#bytes.set(kept);
    this.#end = kept.length;
    this.#start = 0;
  }
}
