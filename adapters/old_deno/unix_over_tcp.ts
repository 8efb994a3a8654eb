import type { Socket } from "node:net";
import { tcpPair } from "./unix_tcp_pair.ts";

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

/** Each stream closes its connection when it ends or fails, so a failure is just the other way to end. */
async function pump(one: Deno.Conn, other: Deno.Conn): Promise<void> {
  await Promise.allSettled([
    one.readable.pipeTo(other.writable),
    other.readable.pipeTo(one.writable),
  ]);
}
