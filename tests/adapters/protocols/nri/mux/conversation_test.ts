import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import * as nri from "../../../../../adapters/protocols/nri/generated/nri.ts";
import type { Connection } from "../../../../../adapters/protocols/nri/mux/connection.ts";
import { Mux } from "../../../../../adapters/protocols/nri/mux/mux.ts";
import { TtrpcClient } from "../../../../../adapters/protocols/nri/ttrpc/client.ts";
import { ConnectionClosedError } from "../../../../../adapters/protocols/nri/ttrpc/close_reason.ts";
import type { UnaryHandler } from "../../../../../adapters/protocols/nri/ttrpc/handler.ts";
import { TtrpcServer } from "../../../../../adapters/protocols/nri/ttrpc/server.ts";
import { bytes, cut, hex, pattern, quiet, same } from "../ttrpc/bytes.ts";
import { memoryPair } from "./memory_pair.ts";
import { withUnixPairs } from "./_unix_pair.ts";

const minute = { timeoutMilliseconds: 60_000 };

/** A client on one channel and a server on another, as both sides of an NRI connection have them. */
class Side {
  readonly mux: Mux;
  readonly client: TtrpcClient;
  readonly server: TtrpcServer;

  constructor(connection: Connection, serve: number, call: number, handlers: Record<string, UnaryHandler>) {
    this.mux = new Mux(connection);
    this.server = new TtrpcServer(this.mux.open(serve), new Map([["s", new Map(Object.entries(handlers))]]));
    this.client = new TtrpcClient(this.mux.open(call));
    for (const part of [this.server, this.client, this.mux]) part.start();
  }

  async close(): Promise<void> {
    await this.mux.close();
    await Promise.all([this.client.closed, this.server.closed]);
  }
}

Deno.test("a registration as a Go plugin sends it is understood and answered", async () => {
  const [connection, plugin] = memoryPair();
  const mux = new Mux(connection);
  const registered: nri.RegisterPluginRequest[] = [];
  const register: UnaryHandler = (payload) => {
    registered.push(nri.RegisterPluginRequest.decode(payload));
    return new Uint8Array(0);
  };
  const services = new Map([["nri.pkg.api.v1alpha1.Runtime", new Map([["RegisterPlugin", register]])]]);
  const server = new TtrpcServer(mux.open(2), services);
  server.start();
  mux.start();

  await plugin.writeAll(bytes(`
    00000002 00000041 00000037 00000001 01 00
    0a1c 6e72692e706b672e6170692e7631616c706861312e52756e74696d65
    120e 5265676973746572506c7567696e
    1a07 0a0178 12023130`));

  const answer = new Uint8Array(100);
  const count = await plugin.read(answer);
  strictEqual(
    hex(answer.subarray(0, count ?? 0)),
    "00000002" + "0000000a" + "00000000" + "00000001" + "0200",
  );
  deepStrictEqual(registered, [{ pluginName: "x", pluginIdx: "10", nriVersion: "" }]);
  await mux.close();
  await server.closed;
});

Deno.test("a registration is sent as a Go plugin sends it, with its deadline", async () => {
  const [connection, runtime] = memoryPair();
  const side = new Side(connection, 1, 2, {});
  const request = nri.RegisterPluginRequest.encode({ pluginName: "x", pluginIdx: "10", nriVersion: "" })
    .finish();
  const call = side.client.call("nri.pkg.api.v1alpha1.Runtime", "RegisterPlugin", request, {
    timeoutMilliseconds: 5000,
  });

  const wire = new Uint8Array(200);
  const count = await runtime.read(wire);
  strictEqual(
    hex(wire.subarray(0, count ?? 0)),
    "00000002" + "00000047" + "0000003d" + "00000001" + "0100" +
      "0a1c6e72692e706b672e6170692e7631616c706861312e52756e74696d65" +
      "120e5265676973746572506c7567696e" + "1a070a017812023130" + "2080e497d012",
  );
  await runtime.writeAll(bytes("00000002 0000000a 00000000 00000001 0200"));
  strictEqual((await call).length, 0);
  await side.close();
});

Deno.test("both sides call each other over one socket, with messages of every size at once", () =>
  withUnixPairs(async (pair) => {
    const echo: UnaryHandler = (payload) => payload;
    const echoLater: UnaryHandler = (payload) => Promise.resolve(payload);
    const [left, right] = await pair();
    const sides = [new Side(left, 1, 2, { echo }), new Side(right, 2, 1, { echo: echoLater })];

    const sizes = [0, 1, 4040, 4067, 4068, 4069, 4070, 4080, 4096, 4097, 8192, 65536, 1_000_000, 4_194_270];
    const calls = sides.flatMap(({ client }) =>
      sizes.map(async (size) => same(await client.call("s", "echo", pattern(size), minute), pattern(size)))
    );
    deepStrictEqual(new Set(await Promise.all(calls)), new Set([true]));
    await Promise.all(sides.map((side) => side.close()));
  }));

/** What a runtime sends: the answer to the registration and two requests, one of them in pieces. */
const conversation = bytes(`
  00000002 0000000a 00000000 00000001 02 00
  00000001 00000012 00000008 00000001 01 00 0a0173 1201 63 2001
  00000001 00000005 00000008 00
  00000001 0000000d 000003 01 00 0a0173 120163 2002
`);
/** Where frames of the multiplexer end, and where ttrpc's end on each channel. */
const muxFrameEnds = [0, 18, 44, 57, 78];
const answerEnd = 18;
const serverFrameEnds = [18, 44, 78];

Deno.test("a peer that closes after any byte ends everything with a reason, and nothing hangs", () =>
  withUnixPairs(async (pair) => {
    for (let end = 0; end <= conversation.length; end++) {
      const [connection, runtime] = await pair();
      let served = 0;
      const side = new Side(connection, 1, 2, { c: () => Uint8Array.of(++served) });
      const call = side.client.call("s", "register", new Uint8Array(0), minute);
      for (let sent = 0; sent < end;) sent += await runtime.write(conversation.subarray(sent, end));
      runtime.close();

      const insideFrame = !muxFrameEnds.includes(end);
      if (end >= answerEnd) strictEqual((await call).length, 0);
      else await rejects(call, ConnectionClosedError);
      deepStrictEqual(await side.mux.closed, { kind: "peer-closed", insideFrame });
      const insideServerFrame = end > answerEnd && !serverFrameEnds.includes(end);
      deepStrictEqual(await side.server.closed, {
        kind: "peer-closed",
        insideFrame: insideFrame || insideServerFrame,
      });
      deepStrictEqual(await side.client.closed, { kind: "peer-closed", insideFrame });
      strictEqual(
        served,
        serverFrameEnds.filter((frameEnd) => frameEnd > answerEnd && frameEnd <= end).length,
      );
      await side.close();
    }
  }));

/** Runs both sides of a plugin on some bytes of a runtime, and returns how the connection ended. */
async function endAfter(pieces: readonly Uint8Array[]) {
  const [connection, runtime] = memoryPair();
  const side = new Side(connection, 1, 2, {
    c: (payload) => payload,
    d: (payload) => Promise.resolve(payload),
  });
  const call = side.client.call("s", "register", new Uint8Array(0), minute).then(() => {}, () => {});
  for (const piece of pieces) {
    await runtime.writeAll(piece).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    });
  }
  runtime.close();
  await Promise.all([call, side.client.closed, side.server.closed]);
  return (await side.mux.closed).kind;
}

const ends = ["peer-closed", "protocol-error"];

Deno.test("random bytes end with the connection", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 })), async (pieces) => {
      strictEqual(ends.includes(await endAfter(pieces)), true);
    }),
  );
});

Deno.test("random ttrpc frames in frames of the multiplexer end with the connection", async () => {
  const frame = fc.tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: 9 }),
    fc.integer({ min: 0, max: 4 }),
    fc.integer({ min: 0, max: 7 }),
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(bytes("0a0173120163"), bytes("0a01731201642001")),
    ),
  ).map(([channelId, streamId, type, flags, message]) => {
    const made = new Uint8Array(18 + message.length);
    made.set([0, 0, 0, channelId, 0, 0, 0, 10 + message.length, 0, 0, 0, message.length]);
    made.set([0, 0, 0, streamId, type, flags], 12);
    made.set(message, 18);
    return made;
  });
  await fc.assert(fc.asyncProperty(fc.array(frame), async (frames) => {
    strictEqual(await endAfter(frames), "peer-closed");
  }));
});

Deno.test("a conversation with changed, missing and additional bytes ends with the connection", async () => {
  const edit = fc.record({
    at: fc.integer({ min: 0, max: conversation.length }),
    removed: fc.integer({ min: 0, max: 4 }),
    inserted: fc.uint8Array({ maxLength: 4 }),
  });
  const lengths = fc.array(fc.integer({ min: 1, max: 30 }));
  await fc.assert(fc.asyncProperty(fc.array(edit, { maxLength: 4 }), lengths, async (edits, lengths) => {
    const edited = [...conversation];
    for (const { at, removed, inserted } of edits) edited.splice(at, removed, ...inserted);
    strictEqual(ends.includes(await endAfter(cut(Uint8Array.from(edited), lengths))), true);
  }));
});

Deno.test("a peer that calls and never reads is not read for ever, and is served when it reads", async () => {
  const [connection, runtime] = memoryPair({ capacityBytes: 64 * 1024 });
  const answer = pattern(200_000);
  const side = new Side(connection, 1, 2, { c: () => answer });
  const caller = new Mux(runtime);
  const client = new TtrpcClient(caller.open(1));
  client.start();
  const payload = pattern(60_000);
  const calls = Array.from({ length: 250 }, () => client.call("s", "c", payload, minute));
  await quiet();
  strictEqual(runtime.writtenBytes < 100 * payload.length, true);

  caller.start();
  for (const answered of await Promise.all(calls)) strictEqual(same(answered, answer), true);
  await Promise.all([caller.close(), client.closed]);
  await side.close();
});
