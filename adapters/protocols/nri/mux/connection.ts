/** The socket below the multiplexer, with the part of `Deno.Conn` that it needs. */
export interface Connection {
  /** Waits for bytes and resolves with their number, at least 1, or null when the peer has closed. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes the beginning of `bytes`, at least one byte, and resolves with how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes both directions; a waiting read must settle. Called once. */
  close(): void;
}
