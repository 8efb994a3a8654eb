import type { Socket } from "node:net";
import { tcpPair } from "./unix_tcp_pair.ts";

const bufferBytes = 16 * 1024;

/** A unix socket as seen through a TCP socket. */
export interface TcpFront {
  readonly socket: Socket;
  /** Resolves when both connections are gone, whichever side ended them. */
  readonly closed: Promise<void>;
}

/**
 * Puts a TCP socket before a unix socket. Bytes are copied both ways with the pace of the slower side; when either
 * connection ends, so does the other. Throws `TcpPairError`; the unix socket is closed then.
 */
export async function overTcp(unix: Deno.UnixConn): Promise<TcpFront> {
  try {
    const { near, far, closed } = await tcpPair();
    return { socket: near, closed: Promise.all([pump(unix, far), closed]).then(() => {}) };
  } catch (error) {
    unix.close();
    throw error;
  }
}

/** Until either connection ends, in whichever way; then both are closed. */
async function pump(one: Deno.Conn, other: Deno.Conn): Promise<void> {
  const copies = [copy(one, other), copy(other, one)];
  await Promise.race(copies);
  for (const connection of [one, other]) close(connection);
  await Promise.all(copies);
}

/** Bytes are copied by hand: through the connections' streams the same took twice the time. */
async function copy(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(bufferBytes);
  try {
    for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
      for (let written = 0; written < count;) written += await to.write(buffer.subarray(written, count));
    }
  } catch {
    // A failure is just the other way to end.
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    // It is closed already.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
