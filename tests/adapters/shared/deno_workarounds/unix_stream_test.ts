import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { UnixStream } from "../../../../adapters/shared/deno_workarounds/unix_stream.ts";
import { withUnixPair } from "./unix_pair.ts";

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

Deno.test("what comes in one turn is sent in one piece, in order", async () => {
  await connected(async (stream, peer) => {
    const received = async () => {
      const buffer = new Uint8Array(100);
      return new TextDecoder().decode(buffer.subarray(0, await peer.read(buffer) ?? 0));
    };
    let taken = 0;
    for (const piece of ["head", "er, mess", "age"]) stream.write(piece, () => taken++);
    assert.equal(await received(), "header, message");
    assert.equal(taken, 3);
    stream.end("next");
    assert.equal(await readToEnd(peer), "next");
  });
});

Deno.test("a writer waits for a peer that does not read, and for much to be sent", async () => {
  await connected(async (stream, peer) => {
    let taken = false;
    stream.write(Buffer.alloc(1 << 20), () => taken = true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(taken, false);
    stream.end();
    assert.equal((await readToEnd(peer)).length, 1 << 20);
    assert.equal(taken, true);
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
  await withUnixPair(async (accepted, peer) => {
    const stream = new UnixStream(accepted);
    try {
      await test(stream, peer);
    } finally {
      if (!stream.closed) {
        stream.destroy();
        await once(stream, "close");
      }
    }
  });
}

async function readToEnd(connection: Deno.Conn): Promise<string> {
  return await new Response(connection.readable).text();
}
