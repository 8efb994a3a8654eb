import assert from "node:assert/strict";
import { createServer } from "node:http2";
import type { Duplex } from "node:stream";
import { GuardedConnection } from "../../../../adapters/driver/kubelet/guarded_connection.ts";
import { withUnixPair } from "../../shared/deno_workarounds/unix_pair.ts";

const mistake = new Error("a mistake in the library");
const preface = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const throwing = () => {
  throw mistake;
};

/** Where a library is called back with what a peer does, and what the peer does for it. */
const places: Record<string, (connection: Duplex, peer: Deno.Conn) => unknown> = {
  "data": (connection, peer) => {
    connection.on("data", throwing);
    return peer.write(preface);
  },
  "readable": (connection, peer) => {
    connection.on("readable", throwing);
    return peer.write(preface);
  },
  "end": (connection, peer) => {
    connection.on("end", throwing).resume();
    return peer.closeWrite();
  },
  "close": (connection) => void connection.on("close", throwing).destroy(),
  "error": (connection) => {
    connection.on("error", throwing);
    connection.destroy(new Error("reset by the peer"));
  },
  "an error that nobody listens to": (connection) => void connection.destroy(mistake),
  "finish": (connection) => void connection.on("finish", throwing).end(),
  "a written chunk": (connection) => void connection.write("x", throwing),
  "the last written chunk": (connection) => void connection.end("x", throwing),
};

for (const [place, go] of Object.entries(places)) {
  Deno.test(`what a library throws when it is told of ${place} ends the connection, and nothing else`, async () => {
    await withUnixPair(async (accepted, peer) => {
      const told = Promise.withResolvers<unknown>();
      const connection = new GuardedConnection(accepted, told.resolve);
      await go(connection, peer);
      assert.equal(await told.promise, mistake);
      // What was thrown is told in the same turn in which the connection ends.
      await new Promise((resolve) => setTimeout(resolve));
      assert.ok(connection.destroyed);
    });
  });
}

Deno.test("a server does not hear a client say goodbye, and ends the session when the client hangs up", async () => {
  const heard: string[] = [];
  const closed = Promise.withResolvers<void>();
  const server = createServer().on("session", (session) => {
    session.on("goaway", () => heard.push("goaway"));
    session.on("remoteSettings", () => heard.push("settings"));
    session.on("close", closed.resolve);
  });
  await withUnixPair(async (accepted, peer) => {
    server.emit("connection", new GuardedConnection(accepted, (error) => void heard.push(`${error}`)));
    await peer.write(Uint8Array.from([...preface, ...frame(4, 0), ...frame(7, 8)]));
    await peer.closeWrite();
    await new Response(peer.readable).bytes();
    await closed.promise;
    assert.deepEqual(heard, ["settings"]);
  });
});

/** A frame of a type, with that many zeros for its payload. */
function frame(type: number, length: number): number[] {
  return [0, 0, length, type, 0, 0, 0, 0, 0, ...Array.from({ length }, () => 0)];
}
