import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import { maxUnreadBytes } from "../../../../../adapters/protocols/nri/mux/_channel.ts";
import { Mux } from "../../../../../adapters/protocols/nri/mux/mux.ts";
import { MuxProtocolError } from "../../../../../adapters/protocols/nri/mux/frame_decoder.ts";
import type { ByteChannel } from "../../../../../adapters/protocols/nri/ttrpc/byte_channel.ts";
import { ConnectionClosedError } from "../../../../../adapters/protocols/nri/ttrpc/close_reason.ts";
import { bytes, hex, pattern, quiet, same } from "../ttrpc/bytes.ts";
import { memoryPair, type PairOptions } from "./memory_pair.ts";
import { withUnixPairs } from "./_unix_pair.ts";

/** Runs a test with a multiplexer and the other side of its connection, and ends both. */
async function withMux(test: (mux: Mux, peer: Peer) => Promise<void>, options?: PairOptions) {
  const [connection, peer] = memoryPair(options);
  const mux = new Mux(connection);
  try {
    await test(mux, peer);
  } finally {
    await mux.close();
    peer.close();
  }
}

/** What the multiplexer takes from its connection at one time. */
const maxReadBytes = 64 * 1024;

type Peer = ReturnType<typeof memoryPair>[1];

/** Reads so many bytes. */
async function readExactly(source: Pick<ByteChannel, "read">, count: number): Promise<Uint8Array> {
  const whole = new Uint8Array(count);
  for (let filled = 0; filled < count;) {
    const read = await source.read(whole.subarray(filled));
    if (read === null) throw new Error(`ended after ${filled} bytes of ${count}`);
    filled += read;
  }
  return whole;
}

Deno.test("each channel reads its own stream; frames of other ids are dropped", () =>
  withMux(async (mux, peer) => {
    const [one, two] = [mux.open(1), mux.open(2)];
    mux.start();
    await peer.writeAll(bytes("00000001 00000001 aa 00000007 00000002 eeee 00000002 00000001 bb"));
    await peer.writeAll(bytes("00000000 00000001 ee 00000001 00000001 cc"));
    strictEqual(hex(await readExactly(two, 1)), "bb");
    strictEqual(hex(await readExactly(one, 2)), "aacc");
  }));

Deno.test("a read takes what fits and leaves the rest for the next", () =>
  withMux(async (mux, peer) => {
    const channel = mux.open(1);
    mux.start();
    const waiting = channel.read(new Uint8Array(2));
    await peer.writeAll(bytes("00000001 00000005 aabbccddee"));
    strictEqual(await waiting, 2);
    strictEqual(hex(await readExactly(channel, 3)), "ccddee");
  }));

Deno.test("two reads of a channel at one time are a mistake", () =>
  withMux(async (mux) => {
    const channel = mux.open(1);
    const first = channel.read(new Uint8Array(1));
    await rejects(channel.read(new Uint8Array(1)), {
      message: "Cannot read channel 1: another read is waiting",
    });
    channel.close();
    await rejects(first, ConnectionClosedError);
  }));

Deno.test("writes go out whole and in order, whatever portions the connection takes", () =>
  withMux(async (mux, peer) => {
    const [one, two] = [mux.open(1), mux.open(2)];
    const large = pattern(10_000);
    const writes = [one.write(bytes("aa")), two.write(large), one.write(bytes("bb")), two.write(bytes("cc"))];

    const wire = await readExactly(peer, 9 + 10_016 + 9 + 9);
    await Promise.all(writes);
    strictEqual(hex(wire.subarray(0, 17)), "00000001" + "00000001" + "aa" + "00000002" + "00001000");
    strictEqual(same(wire.subarray(17, 4113), large.subarray(0, 4096)), true);
    strictEqual(hex(wire.subarray(4113, 4121)), "00000002" + "00001710");
    strictEqual(same(wire.subarray(4121, 10_025), large.subarray(4096)), true);
    strictEqual(hex(wire.subarray(10_025)), "00000001" + "00000001" + "bb" + "00000002" + "00000001" + "cc");
  }, { pieceBytes: 7, capacityBytes: 10 }));

Deno.test("a write is done when the connection has all of it", () =>
  withMux(async (mux, peer) => {
    let done = false;
    const write = mux.open(1).write(pattern(100)).then(() => done = true);
    await quiet();
    strictEqual(done, false);
    await readExactly(peer, 108);
    await write;
  }, { capacityBytes: 50 }));

Deno.test("more than a frame may carry is not written, and the channel stays", () =>
  withMux(async (mux, peer) => {
    const channel = mux.open(1);
    await rejects(channel.write(new Uint8Array(4194315)), RangeError);
    await channel.write(bytes("aa"));
    strictEqual(hex(await readExactly(peer, 9)), "00000001" + "00000001" + "aa");
  }));

Deno.test("what nobody reads is bounded: the multiplexer stops reading, and goes on later", () =>
  withMux(async (mux, peer) => {
    const [one, two] = [mux.open(1), mux.open(2)];
    mux.start();
    const payload = pattern(4_000_000);
    const header = bytes("00000001 003d0900");
    const writing = peer.writeAll(new Uint8Array([...header, ...payload, ...bytes("00000002 00000001 aa")]));
    await quiet();
    strictEqual(peer.writtenBytes <= maxUnreadBytes + maxReadBytes + 1024, true);

    strictEqual(same(await readExactly(one, payload.length), payload), true);
    strictEqual(hex(await readExactly(two, 1)), "aa");
    await writing;
  }, { capacityBytes: 1024 }));

Deno.test("many small frames that nobody reads take no more than one large one", () =>
  withMux(async (mux, peer) => {
    const channel = mux.open(1);
    mux.start();
    const frame = bytes("00000001 00000001 aa");
    const frames = new Uint8Array(9 * 600_000);
    for (let offset = 0; offset < frames.length; offset += 9) frames.set(frame, offset);
    const writing = peer.writeAll(frames);
    await quiet();
    strictEqual(peer.writtenBytes <= 9 * maxUnreadBytes + maxReadBytes + 1024, true);
    await readExactly(channel, 600_000);
    await writing;
  }, { capacityBytes: 1024 }));

Deno.test("a channel that is unread lets others go on until it is full", () =>
  withMux(async (mux, peer) => {
    const two = (mux.open(1), mux.open(2));
    mux.start();
    await peer.writeAll(new Uint8Array([...bytes("00000001 00010000"), ...pattern(65536)]));
    await peer.writeAll(bytes("00000002 00000001 aa"));
    strictEqual(hex(await readExactly(two, 1)), "aa");
  }));

Deno.test("closing a channel that holds up the others lets them go on", () =>
  withMux(async (mux, peer) => {
    const [one, two] = [mux.open(1), mux.open(2)];
    mux.start();
    const writing = peer.writeAll(
      new Uint8Array([
        ...bytes("00000001 000f4240"),
        ...pattern(1_000_000),
        ...bytes("00000002 00000001 aa"),
      ]),
    );
    await quiet();
    one.close();
    strictEqual(hex(await readExactly(two, 1)), "aa");
    await writing;
  }));

Deno.test("a closed channel rejects what waits for it, and its id can be opened again", () =>
  withMux(async (mux, peer) => {
    const [one, two] = [mux.open(1), mux.open(2)];
    const underWay = two.write(pattern(100));
    const [waiting, reading] = [one.write(bytes("aa")), one.read(new Uint8Array(1))];
    one.close();
    one.close();
    await rejects(waiting, { message: "Cannot write to channel 1: the connection was closed on this side" });
    await rejects(reading, { message: "Cannot read channel 1: the connection was closed on this side" });
    await rejects(one.write(bytes("aa")), ConnectionClosedError);

    const again = mux.open(1).write(bytes("bb"));
    strictEqual(hex((await readExactly(peer, 117)).subarray(108)), "00000001" + "00000001" + "bb");
    await Promise.all([underWay, again]);
  }, { capacityBytes: 50 }));

Deno.test("ids that cannot be, and ones in use, are not opened", () =>
  withMux((mux) => {
    for (const id of [0, -1, 1.5, 2 ** 32, NaN]) throws(() => mux.open(id), RangeError);
    mux.open(2 ** 32 - 1);
    throws(() => mux.open(2 ** 32 - 1), { message: "Cannot open channel 4294967295: it is open already" });
    return Promise.resolve();
  }));

Deno.test("when the peer closes, what it sent is still read, then the end", () =>
  withMux(async (mux, peer) => {
    const channel = mux.open(1);
    mux.start();
    await peer.writeAll(bytes("00000001 00000002 aabb"));
    peer.close();
    deepStrictEqual(await mux.closed, { kind: "peer-closed", insideFrame: false });
    strictEqual(hex(await readExactly(channel, 2)), "aabb");
    strictEqual(await channel.read(new Uint8Array(1)), null);
    await rejects(channel.write(bytes("aa")), { reason: { kind: "peer-closed", insideFrame: false } });
    throws(() => mux.open(3), ConnectionClosedError);
  }));

Deno.test("a peer that closes inside a frame leaves no clean end", () =>
  withMux(async (mux, peer) => {
    const channel = mux.open(1);
    mux.start();
    await peer.writeAll(bytes("00000001 00000002 aa"));
    peer.close();
    strictEqual(hex(await readExactly(channel, 1)), "aa");
    await rejects(channel.read(new Uint8Array(1)), { reason: { kind: "peer-closed", insideFrame: true } });
  }));

Deno.test("a payload that is too long closes everything", () =>
  withMux(async (mux, peer) => {
    const channel = mux.open(1);
    const reading = channel.read(new Uint8Array(1));
    mux.start();
    await peer.writeAll(bytes("00000001 0040000b"));
    await rejects(reading, ConnectionClosedError);
    const reason = await mux.closed;
    strictEqual(reason.kind === "protocol-error" && reason.error instanceof MuxProtocolError, true);
    strictEqual(await peer.read(new Uint8Array(1)), null);
  }));

Deno.test("a peer that is gone is found by a write as well", () =>
  withMux(async (mux, peer) => {
    const channel = mux.open(1);
    peer.close();
    const reason = { kind: "peer-closed", insideFrame: false };
    await rejects(channel.write(bytes("aa")), { reason });
    deepStrictEqual(await mux.closed, reason);
  }));

Deno.test("a connection that takes no bytes has failed", async () => {
  const connection = { read: () => Promise.resolve(null), write: () => Promise.resolve(0), close: () => {} };
  const mux = new Mux(connection);
  await rejects(mux.open(1).write(bytes("aa")), ConnectionClosedError);
  strictEqual((await mux.closed).kind, "failed");
});

Deno.test("closing rejects everything that waits, also a write that the peer does not take", () =>
  withMux(async (mux, peer) => {
    const [one, two] = [mux.open(1), mux.open(2)];
    mux.start();
    const waiting = [one.read(new Uint8Array(1)), one.write(pattern(100)), two.write(pattern(100))];
    await peer.writeAll(bytes("00000002 00000001 aa"));
    const closed = [mux.close(), mux.close()];
    for (const promise of waiting) await rejects(promise, { reason: { kind: "closed-here" } });
    await rejects(two.read(new Uint8Array(1)), { reason: { kind: "closed-here" } });
    deepStrictEqual(await Promise.all(closed), [{ kind: "closed-here" }, { kind: "closed-here" }]);
  }, { capacityBytes: 50 }));

Deno.test("a multiplexer that waits for room can be closed", () =>
  withMux(async (mux, peer) => {
    mux.open(1);
    mux.start();
    const writing = peer.writeAll(new Uint8Array([...bytes("00000001 000f4240"), ...pattern(1_000_000)]));
    const written = rejects(writing, Deno.errors.BrokenPipe);
    await quiet();
    deepStrictEqual(await mux.close(), { kind: "closed-here" });
    await written;
  }, { capacityBytes: 1024 }));

Deno.test("closing does not wait for a socket that keeps a write whose peer never reads", () =>
  withUnixPairs(async (pair) => {
    const [socket, peer] = await pair();
    const settled: Promise<unknown>[] = [];
    const mux = new Mux({
      read: (buffer) => socket.read(buffer),
      write: (bytes) => {
        const write = socket.write(bytes);
        settled.push(write.catch(() => {}));
        return write;
      },
      close: () => socket.close(),
    });
    mux.start();
    const stuck = mux.open(1).write(new Uint8Array(4_000_000));
    const closed = mux.close();
    await rejects(stuck, { reason: { kind: "closed-here" } });
    deepStrictEqual(await closed, { kind: "closed-here" });
    peer.close();
    await Promise.all(settled);
  }));
