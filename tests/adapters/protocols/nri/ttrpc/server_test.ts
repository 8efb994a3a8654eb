import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Request, Response } from "../../../../../adapters/protocols/nri/generated/ttrpc.ts";
import {
  encodeMessage,
  maxMessageBytes,
  writeFrameHeader,
} from "../../../../../adapters/protocols/nri/ttrpc/frame.ts";
import type { CallContext, UnaryHandler } from "../../../../../adapters/protocols/nri/ttrpc/handler.ts";
import { maxCallsInFlight, TtrpcServer } from "../../../../../adapters/protocols/nri/ttrpc/server.ts";
import { statusCode, TtrpcError } from "../../../../../adapters/protocols/nri/ttrpc/status.ts";
import { bytes, hex, quiet } from "./bytes.ts";
import { ScriptedChannel } from "./_scripted_channel.ts";

type Handlers = Readonly<Record<string, UnaryHandler>>;

/** Runs a test with a started server of the service `s`, and ends it. */
async function withServer(
  handlers: Handlers,
  test: (channel: ScriptedChannel, server: TtrpcServer) => Promise<void>,
) {
  const channel = new ScriptedChannel();
  const server = new TtrpcServer(channel, new Map([["s", new Map(Object.entries(handlers))]]));
  server.start();
  try {
    await test(channel, server);
  } finally {
    await server.close();
  }
}

const echo: UnaryHandler = (payload) => payload;
const never: UnaryHandler = () => new Promise(() => {});

/** A request to the service `s`. */
function request(streamId: number, method: string, rest: Partial<Request> = {}): Uint8Array {
  const frame = encodeMessage(Request, Request.fromPartial({ service: "s", method, ...rest }));
  writeFrameHeader(frame, streamId, 1);
  return frame;
}

/** The next answer: stream id, status code and text or payload. */
async function answer(channel: ScriptedChannel): Promise<[streamId: number, code: number, text: string]> {
  const [frame = ""] = await channel.written(1);
  strictEqual(frame.slice(16, 20), "0200");
  const { status, payload } = Response.decode(bytes(frame.slice(20)));
  return [parseInt(frame.slice(8, 16), 16), status?.code ?? 0, status?.message ?? hex(payload)];
}

Deno.test("a request is answered with the handler's payload on its stream", () =>
  withServer({ m: echo }, async (channel) => {
    channel.feed("0000000a 00000001 0100 0a0173 12016d 1a02aabb");
    deepStrictEqual(await channel.written(1), ["00000004" + "00000001" + "0200" + "1202aabb"]);
  }));

Deno.test("an empty answer is an empty message", () =>
  withServer({ m: echo }, async (channel) => {
    channel.feed(request(1, "m"));
    deepStrictEqual(await channel.written(1), ["00000000" + "00000001" + "0200"]);
  }));

Deno.test("an error is answered with its code and text", () =>
  withServer({
    m: () => {
      throw new TtrpcError(9, "no");
    },
  }, async (channel) => {
    channel.feed(request(1, "m"));
    deepStrictEqual(await channel.written(1), [
      "00000008" + "00000001" + "0200" + "0a06" + "0809" + "12026e6f",
    ]);
  }));

Deno.test("an error without a code, or with that of success, is answered as UNKNOWN", () =>
  withServer({
    thrown: () => {
      throw new Error("broken");
    },
    rejected: () => Promise.reject(new TtrpcError(0, "odd")),
    text: () => Promise.reject("just text"),
  }, async (channel) => {
    for (const [index, method] of ["thrown", "rejected", "text"].entries()) {
      channel.feed(request(2 * index + 1, method));
    }
    deepStrictEqual(await answer(channel), [1, statusCode.unknown, "broken"]);
    deepStrictEqual(await answer(channel), [3, statusCode.unknown, "odd"]);
    deepStrictEqual(await answer(channel), [5, statusCode.unknown, "just text"]);
  }));

Deno.test("answers are sent as they are ready, not in the order of the requests", () => {
  const first = Promise.withResolvers<Uint8Array>();
  return withServer({ slow: () => first.promise, quick: echo }, async (channel) => {
    channel.feed(request(1, "slow"));
    channel.feed(request(3, "quick"));
    deepStrictEqual(await answer(channel), [3, 0, ""]);
    first.resolve(bytes("aa"));
    deepStrictEqual(await answer(channel), [1, 0, "aa"]);
  });
});

Deno.test("a handler sees metadata and what is left of the deadline", () => {
  const contexts: Pick<CallContext, "metadata" | "timeoutMilliseconds">[] = [];
  const metadata = [{ key: "k", value: "1" }, { key: "k", value: "2" }];
  return withServer({
    m: (payload, { metadata, timeoutMilliseconds }) => {
      contexts.push({ metadata, timeoutMilliseconds });
      return payload;
    },
  }, async (channel) => {
    channel.feed(request(1, "m", { metadata, timeoutNano: 1_500_000n }));
    channel.feed(request(3, "m"));
    await channel.written(2);
    deepStrictEqual(contexts, [
      { metadata, timeoutMilliseconds: 1.5 },
      { metadata: [], timeoutMilliseconds: undefined },
    ]);
  });
});

Deno.test("a call that takes longer than its deadline is answered then, aborted, and not answered again", () => {
  const { promise: aborted, resolve: noteAbort } = Promise.withResolvers<unknown>();
  const { promise: late, resolve: finishLate } = Promise.withResolvers<Uint8Array>();
  return withServer({
    m: (_, { signal }) => {
      signal.addEventListener("abort", () => noteAbort(signal.reason));
      return late;
    },
  }, async (channel) => {
    channel.feed(request(1, "m", { timeoutNano: 1n }));
    deepStrictEqual((await answer(channel)).slice(0, 2), [1, statusCode.deadlineExceeded]);
    strictEqual(await aborted instanceof TtrpcError, true);
    finishLate(bytes("aa"));
    await quiet();
    strictEqual(channel.writes, 0);
  });
});

Deno.test("a signal that is asked for after the deadline is aborted", () => {
  const { promise: context, resolve: keep } = Promise.withResolvers<CallContext>();
  return withServer({
    m: (payload, context) => {
      keep(context);
      return never(payload, context);
    },
  }, async (channel) => {
    channel.feed(request(1, "m", { timeoutNano: 1n }));
    await answer(channel);
    strictEqual((await context).signal.aborted, true);
  });
});

Deno.test("a call whose deadline has passed before it came does not reach its handler", () =>
  withServer({ m: echo }, async (channel) => {
    channel.feed(request(1, "m", { timeoutNano: -1n, payload: bytes("aa") }));
    deepStrictEqual((await answer(channel)).slice(0, 2), [1, statusCode.deadlineExceeded]);
  }));

Deno.test("the longest deadline possible does not pass at once", () =>
  withServer({ m: (payload) => Promise.resolve(payload) }, async (channel) => {
    channel.feed(request(1, "m", { timeoutNano: 2n ** 63n - 1n }));
    deepStrictEqual(await answer(channel), [1, 0, ""]);
  }));

Deno.test("unknown services and methods, and streams, are UNIMPLEMENTED", () =>
  withServer({ m: echo }, async (channel) => {
    const stream = request(5, "m");
    stream[9] = 2;
    for (const frame of [request(1, "x"), request(3, "m", { service: "t" }), stream]) channel.feed(frame);
    deepStrictEqual(await answer(channel), [1, 12, "Cannot call s/x: there is no such unary method"]);
    deepStrictEqual(await answer(channel), [3, 12, "Cannot call t/m: there is no such unary method"]);
    deepStrictEqual(await answer(channel), [5, 12, "Cannot call s/m: there is no such unary method"]);
  }));

Deno.test("even, repeated and lower stream ids are refused", () =>
  withServer({ m: echo }, async (channel) => {
    for (const streamId of [0, 2, 5, 5, 3, 7]) channel.feed(request(streamId, "m"));
    const codes = [];
    for (let count = 0; count < 6; count++) codes.push((await answer(channel)).slice(0, 2));
    deepStrictEqual(codes, [[0, 3], [2, 3], [5, 0], [5, 3], [3, 3], [7, 0]]);
  }));

Deno.test("a request that cannot be parsed is refused", () =>
  withServer({ m: echo }, async (channel) => {
    channel.feed("00000002 00000001 0100 0aff");
    deepStrictEqual(await answer(channel), [1, 3, "Cannot parse the request"]);
  }));

Deno.test("an oversized request is refused and the next one served", () =>
  withServer({ m: echo }, async (channel) => {
    channel.feed("00400001 00000001 0100");
    channel.feed(new Uint8Array(maxMessageBytes + 1));
    channel.feed(request(3, "m"));
    deepStrictEqual((await answer(channel)).slice(0, 2), [1, statusCode.resourceExhausted]);
    deepStrictEqual(await answer(channel), [3, 0, ""]);
  }));

Deno.test("an answer that does not fit becomes an error", () =>
  withServer({ m: () => new Uint8Array(maxMessageBytes) }, async (channel) => {
    channel.feed(request(1, "m"));
    deepStrictEqual((await answer(channel)).slice(0, 2), [1, statusCode.resourceExhausted]);
  }));

Deno.test("data of unknown streams, responses and unknown types are ignored", () =>
  withServer({ m: echo }, async (channel) => {
    channel.feed("00000001 00000001 0300 aa" + "00000000 00000001 0200" + "00000001 00000002 6300 aa");
    channel.feed("00400001 00000001 0300");
    channel.feed(new Uint8Array(maxMessageBytes + 1));
    channel.feed(request(1, "m"));
    deepStrictEqual(await answer(channel), [1, 0, ""]);
  }));

Deno.test("more calls than may be in flight are refused until one is done", () => {
  const { promise: done, resolve: finish } = Promise.withResolvers<Uint8Array>();
  return withServer({ never, wait: () => done }, async (channel) => {
    channel.feed(request(1, "wait"));
    for (let count = 1; count < maxCallsInFlight; count++) channel.feed(request(2 * count + 1, "never"));
    channel.feed(request(4001, "never"));
    deepStrictEqual((await answer(channel)).slice(0, 2), [4001, statusCode.resourceExhausted]);

    finish(bytes("aa"));
    deepStrictEqual(await answer(channel), [1, 0, "aa"]);
    channel.feed(request(4003, "wait"));
    deepStrictEqual(await answer(channel), [4003, 0, "aa"]);
  });
});

Deno.test("more bytes of requests than may be in flight are refused", () =>
  withServer({ never }, async (channel) => {
    const payload = new Uint8Array(maxMessageBytes - 100);
    for (let count = 0; count < 17; count++) channel.feed(request(2 * count + 1, "never", { payload }));
    deepStrictEqual((await answer(channel)).slice(0, 2), [33, statusCode.resourceExhausted]);
  }));

Deno.test("a server whose peer does not read stops reading, and goes on when it does", () =>
  withServer({ m: () => new Uint8Array(1024 * 1024) }, async (channel) => {
    channel.hold();
    for (let count = 0; count < 40; count++) channel.feed(request(2 * count + 1, "m"));
    await quiet();
    strictEqual(channel.writes, 16);
    strictEqual(channel.unread, 24);

    channel.release();
    await quiet();
    strictEqual(channel.writes, 40);
  }));

Deno.test("answers that nobody reads are few, however small they are", () =>
  withServer({ m: () => new Uint8Array() }, async (channel) => {
    channel.hold();
    for (let count = 0; count < 6_000; count++) channel.feed(request(2 * count + 1, "m"));
    await quiet();
    strictEqual(channel.writes, 4_097);
    strictEqual(channel.unread, 6_000 - 4_097);

    channel.release();
    await quiet();
    strictEqual(channel.unread, 0);
  }));

Deno.test("when the connection ends, calls in flight are aborted and not answered", () => {
  const { promise: aborted, resolve: noteAbort } = Promise.withResolvers<unknown>();
  return withServer({
    m: (_, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          noteAbort(signal.reason.reason);
          reject(signal.reason);
        });
      }),
  }, async (channel, server) => {
    channel.feed(request(1, "m", { timeoutNano: 60_000_000_000n }));
    channel.end();
    const reason = { kind: "peer-closed", insideFrame: false };
    deepStrictEqual(await server.closed, reason);
    deepStrictEqual(await aborted, reason);
    await quiet();
    strictEqual(channel.writes, 0);
  });
});

Deno.test("a server that waits for its peer to read can be closed", () =>
  withServer({ m: () => new Uint8Array(4_000_000) }, async (channel, server) => {
    channel.hold();
    for (let count = 0; count < 9; count++) channel.feed(request(2 * count + 1, "m"));
    await quiet();
    deepStrictEqual(await server.close(), { kind: "closed-here" });
    deepStrictEqual(await server.close(), { kind: "closed-here" });
  }));
