import { connect } from "node:http2";
import { Duplex } from "node:stream";

let answer: boolean | undefined;

/**
 * Whether this runtime's node:http2, and with it gRPC, works over TCP sockets alone.
 *
 * Deno up to 2.7.13 hands the socket's TCP handle to its HTTP/2 session and never writes to anything else, unix
 * sockets included; 2.7.14 writes to any stream. So a client session on a stream in memory tells them apart: the
 * new one has written its connection preface (RFC 9113, 3.4) by the time that it is returned, the old one throws.
 * It takes some 2 ms, once in a process.
 */
export function http2NeedsTcp(): boolean {
  return answer ??= !writesToAnyStream();
}

function writesToAnyStream(): boolean {
  let written = false;
  const stream = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      written = true;
      done();
    },
  });
  try {
    connect("http://localhost", { createConnection: () => stream }).destroy();
    return written;
  } catch {
    // Whatever it is that does not work: TCP is what always does.
    return false;
  } finally {
    stream.destroy();
  }
}
