import assert from "node:assert/strict";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { listenOverTcp } from "../../../../adapters/shared/deno_workarounds/unix_listener.ts";
import { withDirectory } from "../../driver/kubelet/_fixture.ts";

const onError = (error: Error) => {
  throw error;
};

Deno.test("bytes come through as they were, both ways, many at once", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/echo.sock`;
    const listener = listenOverTcp(path, { onConnection: (socket) => socket.pipe(socket), onError });
    const sent = new Uint8Array(4 * 1024 * 1024).map((_, index) => index * 7919 >> 8);

    const client = await Deno.connect({ transport: "unix", path });
    const [received] = await Promise.all([readAll(client, sent.length), writeAll(client, sent)]);

    assert.deepEqual(received, sent);
    client.close();
    await listener.close();
  }));

Deno.test("when the client hangs up the server's socket ends", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/x.sock`;
    const { promise, resolve } = Promise.withResolvers<Duplex>();
    const listener = listenOverTcp(path, { onConnection: resolve, onError });
    const client = await Deno.connect({ transport: "unix", path });
    const socket = await promise;

    client.close();
    socket.resume();

    await once(socket, "close");
    await listener.close();
  }));

Deno.test("when the server hangs up the client reads the end", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/x.sock`;
    const listener = listenOverTcp(path, { onConnection: (socket) => socket.resume().end("bye"), onError });
    const client = await Deno.connect({ transport: "unix", path });

    assert.equal(new TextDecoder().decode(await readAll(client, 100)), "bye");

    client.close();
    await listener.close();
  }));

Deno.test("a closed listener refuses", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/x.sock`;
    await listenOverTcp(path, { onConnection: () => {}, onError }).close();

    await assert.rejects(Deno.connect({ transport: "unix", path }), Deno.errors.NotFound);
  }));

async function readAll(connection: Deno.Conn, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await connection.read(buffer.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await connection.write(bytes.subarray(written));
  }
}
