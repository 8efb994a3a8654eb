/**
 * A program: asks the kernel of each TCP connection that `fetch` has to a server whether Nagle's algorithm is off
 * (tcp(7), TCP_NODELAY). Ends with 0 if it is.
 */
import { Buffer } from "node:buffer";

const ipprotoTcp = 6, tcpNoDelay = 1, solSocket = 1, soDomain = 39, afInet = 2;

const libc = Deno.dlopen("libc.so.6", {
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
});
await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => new Response());
await (await fetch(`http://127.0.0.1:${server.addr.port}`)).text();

const connections = [...Deno.readDirSync("/proc/self/fd")]
  .map(({ name }) => Number(name))
  .filter((descriptor) => option(descriptor, solSocket, soDomain) === afInet)
  .filter((descriptor) => peerPort(descriptor) === server.addr.port);
if (connections.length === 0) throw new Error("fetch has no connection");
const delayed = connections.filter((descriptor) => option(descriptor, ipprotoTcp, tcpNoDelay) === 0);
if (delayed.length > 0) throw new Error(`${delayed.length} of ${connections.length} connections are delayed`);

/** Undefined for what is no socket. */
function option(descriptor: number, level: number, name: number): number | undefined {
  const value = Buffer.alloc(4), length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  const failed = libc.symbols.getsockopt(descriptor, level, name, value, length);
  return failed === 0 ? value.readUInt32LE() : undefined;
}

/** Undefined for what is connected to nobody. */
function peerPort(descriptor: number): number | undefined {
  const address = Buffer.alloc(16), length = Buffer.alloc(4);
  length.writeUInt32LE(address.length);
  return libc.symbols.getpeername(descriptor, address, length) === 0 ? address.readUInt16BE(2) : undefined;
}
