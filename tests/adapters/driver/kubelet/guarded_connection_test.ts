import assert from "node:assert/strict";
import { Duplex, duplexPair } from "node:stream";
import { GuardedConnection } from "../../../../adapters/driver/kubelet/guarded_connection.ts";

const mistake = new Error("a mistake in the library");
const throwing = () => {
  throw mistake;
};

/** Where a library is called back with what a peer does, and what the peer does for it. */
const places: Record<string, (connection: Duplex, peer: Duplex) => void> = {
  "data": (connection, peer) => {
    connection.on("data", throwing);
    peer.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  },
  "readable": (connection, peer) => {
    connection.on("readable", throwing);
    peer.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  },
  "end": (connection, peer) => {
    connection.on("end", throwing).resume();
    peer.end();
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
    const [socket, peer] = duplexPair();
    peer.on("error", () => {}).resume();
    const told = Promise.withResolvers<unknown>();
    const connection = new GuardedConnection(socket, told.resolve);
    go(connection, peer);
    assert.equal(await told.promise, mistake);
    // What was thrown is told in the same turn in which the connection ends.
    await new Promise((resolve) => setTimeout(resolve));
    assert.ok(connection.destroyed);
  });
}
