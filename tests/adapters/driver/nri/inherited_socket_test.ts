import assert from "node:assert/strict";
import { type InheritedSocket, inheritedSocket } from "../../../../adapters/driver/nri/inherited_socket.ts";

const hello = new TextEncoder().encode("hello");

Deno.test("what one end of a socket writes, the other reads", async () => {
  await withPair(async (here, there) => {
    assert.equal(await here.write(hello), hello.length);
    const buffer = new Uint8Array(64);
    assert.equal(await there.read(buffer), hello.length);
    assert.deepEqual(buffer.subarray(0, hello.length), hello);
  });
});

Deno.test("a peer that closes ends what is read, and nothing can be written to it any more", async () => {
  await withPair(async (here, there) => {
    const reading = here.read(new Uint8Array(64));
    there.close();
    assert.equal(await reading, null);
    await there.closed;
    await assert.rejects(here.write(hello), Deno.errors.BrokenPipe);
  });
});

Deno.test("a read and a write that wait end when their own side closes", async () => {
  await withPair(async (here) => {
    const reading = here.read(new Uint8Array(64));
    // More than a socket takes; it is refused where closing overtakes it, and that before the read ends.
    const written = here.write(new Uint8Array(8 << 20)).catch(() => 0);
    here.close();
    assert.equal(await reading, null);
    assert.ok(await written < 8 << 20);
    await here.closed;
  });
});

Deno.test("a peer that closes without having read what was sent ends what is read, too", async () => {
  await withPair(async (here, there) => {
    await here.write(hello);
    there.close();
    await there.closed;
    assert.equal(await here.read(new Uint8Array(64)), null);
  });
});

/** Runs a test with two connected sockets and closes both, unless the test has. */
async function withPair(
  test: (here: InheritedSocket, there: InheritedSocket) => Promise<void>,
): Promise<void> {
  const [here, there] = socketPair().map((descriptor) => onceClosed(inheritedSocket(descriptor)));
  assert.ok(here !== undefined && there !== undefined);
  try {
    await test(here, there);
  } finally {
    here.close();
    there.close();
    await Promise.all([here.closed, there.closed]);
  }
}

/** A connection is closed once; a test may have done so. */
function onceClosed(socket: InheritedSocket): InheritedSocket {
  let isClosed = false;
  return {
    closed: socket.closed,
    read: (buffer) => socket.read(buffer),
    write: (bytes) => socket.write(bytes),
    close: () => {
      if (!isClosed) socket.close();
      isClosed = true;
    },
  };
}

/** The descriptors of two connected sockets, as a runtime makes them for a plugin that it starts (AF_UNIX, SOCK_STREAM). */
function socketPair(): number[] {
  const libc = Deno.dlopen("libc.so.6", {
    socketpair: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  });
  const descriptors = new Int32Array(2);
  assert.equal(libc.symbols.socketpair(1, 1, 0, descriptors), 0);
  libc.close();
  return [...descriptors];
}
