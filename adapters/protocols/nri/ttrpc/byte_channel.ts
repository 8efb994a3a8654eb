/**
 * What ttrpc needs below it: a reliable, ordered stream of bytes in both directions.
 *
 * A channel of the NRI multiplexer is one.
 */
export interface ByteChannel {
  /**
   * Waits for bytes, puts them at the beginning of `buffer` and resolves with their number, at least 1; null
   * when the peer has ended the stream. Rejects with {@link ConnectionClosedError} when it ended in another way.
   * One read at a time.
   */
  read(buffer: Uint8Array): Promise<number | null>;

  /**
   * Writes all of `bytes`, which must not change until the promise settles. Calls need not wait for each other:
   * they are carried out in their order, one never inside another. Rejects with {@link ConnectionClosedError}.
   */
  write(bytes: Uint8Array): Promise<void>;

  /** Ends both directions at once: a waiting read and waiting writes reject. Idempotent. */
  close(): void;
}
