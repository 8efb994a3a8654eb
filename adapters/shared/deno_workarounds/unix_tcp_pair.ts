import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** No pair of connected TCP sockets could be made on the loopback interface. */
export class TcpPairError extends Error {
  override name = "TcpPairError";
}

/** The two ends of one connection within this process. */
export interface TcpPair {
  /** The accepted end, nothing of it read yet: the one kind of socket that old node:http2 reads faithfully. */
  readonly near: Socket;
  /** The end that was dialled. */
  readonly far: Deno.TcpConn;
  /** Resolves when the accepted end is closed. */
  readonly closed: Promise<void>;
}

const loopback = "127.0.0.1";
const deadlineMilliseconds = 5_000;

/**
 * Connects this process to itself over TCP, which is what socketpair(2) does for unix sockets.
 *
 * The listener lives for this one connection. Whatever else dials it is destroyed without a byte read or
 * written: a connection counts by the address and port it comes from, which only one at a time can have.
 * Throws {@link TcpPairError}, after 5 seconds at most.
 */
export async function tcpPair(
  dial: (port: number) => Promise<Deno.TcpConn> = dialLoopback,
): Promise<TcpPair> {
  const server = createServer({ pauseOnConnect: true });
  const arrived = new Set<Socket>();
  server.on("connection", (socket) => {
    socket.on("error", () => socket.destroy());
    arrived.add(socket);
  });
  const closed = new Promise<void>((resolve) => server.on("close", resolve));
  let far: Deno.TcpConn | undefined;
  try {
    server.listen(0, loopback);
    await once(server, "listening");
    far = await dial(portOf(server));
    far.setNoDelay(true);
    const near = await take(arrived, server, far.localAddr.port);
    near.setNoDelay(true);
    close(server, arrived);
    return { near, far, closed };
  } catch (cause) {
    far?.close();
    close(server, arrived);
    await closed;
    throw new TcpPairError("Cannot connect to myself over the loopback interface", { cause });
  }
}

function close(server: Server, strangers: ReadonlySet<Socket>): void {
  server.close();
  for (const stranger of strangers) stranger.destroy();
}

function dialLoopback(port: number): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: loopback, port });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TcpPairError("The listener has no port");
  return address.port;
}

/** Takes the connection that came from that port, be it here already or still on its way. */
async function take(arrived: Set<Socket>, server: Server, port: number): Promise<Socket> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMilliseconds);
  try {
    for (;;) {
      for (const socket of arrived) {
        arrived.delete(socket);
        if (socket.remoteAddress === loopback && socket.remotePort === port) return socket;
        socket.destroy();
      }
      await once(server, "connection", { signal: deadline.signal });
    }
  } finally {
    clearTimeout(timer);
  }
}
