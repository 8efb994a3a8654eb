import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { UnixStream } from "../../../../adapters/shared/deno_workarounds/unix_stream.ts";

Deno.test("what a peer sends is read, and its end is the end", async () => {
  await connected(async (stream, peer) => {
    await peer.write(new TextEncoder().encode("hello"));
    await peer.closeWrite();
    assert.equal(`${await buffer(stream)}`, "hello");
    assert.equal(await readToEnd(peer), "");
  });
});

Deno.test("a megabyte passes both ways, to a peer that reads late", async () => {
  const sent = Buffer.alloc(1024 * 1024, "0123456789");
  await connected(async (stream, peer) => {
    stream.pipe(stream);
    const writing = (async () => {
      for (let at = 0; at < sent.length;) at += await peer.write(sent.subarray(at));
      await peer.closeWrite();
    })();
    assert.equal(await readToEnd(peer), `${sent}`);
    await writing;
  });
});

Deno.test("nothing is read before it is asked for beyond what a stream holds", async () => {
  await connected(async (stream, peer) => {
    let written = 0;
    const writing = (async () => {
      for (;;) written += await peer.write(new Uint8Array(64 * 1024));
    })().catch(() => {});
    let before = -1;
    while (before !== written) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.ok(stream.readableLength <= 2 * stream.readableHighWaterMark, `${stream.readableLength}`);
    stream.destroy();
    await writing;
  });
});

Deno.test("who writes to a peer that has gone is told", async () => {
  await connected(async (stream, peer) => {
    peer.close();
    const failed = once(stream, "error");
    stream.write(Buffer.alloc(1024 * 1024));
    const [error] = await failed;
    assert.ok(error instanceof Deno.errors.BrokenPipe, `${error}`);
    if (!stream.closed) await once(stream, "close");
  });
});

Deno.test("destroyed while it reads and writes, it closes without an error, and the peer sees the end", async () => {
  await connected(async (stream, peer) => {
    stream.resume();
    stream.write(Buffer.alloc(8 * 1024 * 1024));
    await new Promise((resolve) => setTimeout(resolve, 20));
    stream.destroy();
    await once(stream, "close");
    assert.ok((await readToEnd(peer)).length < 8 * 1024 * 1024);
  });
});

async function connected(test: (stream: UnixStream, peer: Deno.Conn) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/socket`;
  const listener = Deno.listen({ transport: "unix", path });
  try {
    const [peer, accepted] = await Promise.all([
      Deno.connect({ transport: "unix", path }),
      listener.accept(),
    ]);
    const stream = new UnixStream(accepted);
    try {
      await test(stream, peer);
    } finally {
      if (!stream.closed) {
        stream.destroy();
        await once(stream, "close");
      }
      try {
        peer.close();
      } catch {
        // The test has closed it.
      }
    }
  } finally {
    listener.close();
    await Deno.remove(directory, { recursive: true });
  }
}

async function readToEnd(connection: Deno.Conn): Promise<string> {
  return await new Response(connection.readable).text();
}
