import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { TtrpcClient } from "../../../../../adapters/protocols/nri/ttrpc/client.ts";
import { ConnectionClosedError } from "../../../../../adapters/protocols/nri/ttrpc/close_reason.ts";
import { maxMessageBytes } from "../../../../../adapters/protocols/nri/ttrpc/frame.ts";
import { statusCode, TtrpcError } from "../../../../../adapters/protocols/nri/ttrpc/status.ts";
import { bytes, hex, quiet } from "./bytes.ts";
import { ScriptedChannel } from "./_scripted_channel.ts";

const minute = { timeoutMilliseconds: 60_000 };
const nothing = new Uint8Array(0);

/** Runs a test with a started client, and ends it. */
async function withClient(test: (client: TtrpcClient, channel: ScriptedChannel) => Promise<void>) {
  const channel = new ScriptedChannel();
  const client = new TtrpcClient(channel);
  client.start();
  try {
    await test(client, channel);
  } finally {
    await client.close();
  }
}

/** The check that a call failed with a status. */
function failsWith(code: number, message?: string) {
  return (error: unknown) => {
    strictEqual(error instanceof TtrpcError && error.code, code);
    if (message !== undefined) strictEqual(error instanceof TtrpcError && error.message, message);
    return true;
  };
}

Deno.test("a call is a request with its deadline, and its answer's payload the result", () =>
  withClient(async (client, channel) => {
    const result = client.call("s", "m", bytes("aabb"), { timeoutMilliseconds: 2000 });

    const message = "0a0173" + "12016d" + "1a02aabb" + "20" + "80a8d6b907";
    deepStrictEqual(await channel.written(1), ["00000010" + "00000001" + "0100" + message]);
    channel.feed("00000004 00000001 0200 1202ccdd");
    strictEqual(hex(await result), "ccdd");
  }));

Deno.test("an absent payload and a status of 0 are success", () =>
  withClient(async (client, channel) => {
    const results = [client.call("s", "m", nothing, minute), client.call("s", "m", nothing, minute)];
    channel.feed("00000000 00000001 0200" + "00000004 00000003 0200 0a020800");
    deepStrictEqual(await Promise.all(results), [nothing, nothing]);
  }));

Deno.test("a status is the error of the call", () =>
  withClient(async (client, channel) => {
    const result = client.call("s", "m", nothing, minute);
    channel.feed("00000008 00000001 0200 0a06 0809 1202 6e6f");
    await rejects(result, failsWith(9, "no"));
  }));

Deno.test("calls have rising odd stream ids, and their answers come in any order", () =>
  withClient(async (client, channel) => {
    const results = ["a", "b", "c"].map((method) => client.call("s", method, nothing, minute));

    const ids = (await channel.written(3)).map((frame) => frame.slice(8, 16));
    deepStrictEqual(ids, ["00000001", "00000003", "00000005"]);
    for (const id of ["05", "01", "03"]) channel.feed(`00000003 000000${id} 0200 1201${id}`);
    deepStrictEqual((await Promise.all(results)).map((payload) => hex(payload)), ["01", "03", "05"]);
  }));

Deno.test("a call without an answer fails at its deadline; the late answer is ignored", () =>
  withClient(async (client, channel) => {
    const late = client.call("s", "m", nothing, { timeoutMilliseconds: 1 });
    await rejects(late, failsWith(statusCode.deadlineExceeded, "Cannot call s/m: no answer within 1 ms"));

    channel.feed("00000000 00000001 0200");
    const next = client.call("s", "m", nothing, minute);
    channel.feed("00000000 00000003 0200");
    deepStrictEqual(await next, nothing);
  }));

Deno.test("a call whose time is over sends nothing", () =>
  withClient(async (client, channel) => {
    const call = client.call("s", "m", nothing, { timeoutMilliseconds: 0 });
    await rejects(call, failsWith(statusCode.deadlineExceeded));
    strictEqual(channel.writes, 0);
  }));

Deno.test("a deadline beyond what a timer can hold is the longest that it can", () =>
  withClient(async (client, channel) => {
    const result = client.call("s", "m", nothing, { timeoutMilliseconds: Infinity });
    channel.feed("00000000 00000001 0200");
    deepStrictEqual(await result, nothing);
  }));

Deno.test("a caller can give up, before the call and during it", () =>
  withClient(async (client, channel) => {
    const controller = new AbortController();
    const during = client.call("s", "m", nothing, { ...minute, signal: controller.signal });
    controller.abort();
    const before = client.call("s", "m", nothing, { ...minute, signal: controller.signal });

    for (const call of [during, before]) {
      await rejects(call, failsWith(statusCode.cancelled, "Cannot call s/m: cancelled by the caller"));
    }
    strictEqual(channel.writes, 1);
  }));

Deno.test("frames of other streams and unknown types are ignored", () =>
  withClient(async (client, channel) => {
    const result = client.call("s", "m", nothing, minute);
    channel.feed("00000000 00000003 0200" + "00000001 00000005 0300 aa");
    channel.feed("00000001 00000001 0400 aa" + "00000001 00000001 0100 aa");
    channel.feed("00000003 00000001 0200 1201bb");
    strictEqual(hex(await result), "bb");
  }));

Deno.test("a stream in answer to a call fails the call", () =>
  withClient(async (client, channel) => {
    const result = client.call("s", "m", nothing, minute);
    channel.feed("00000001 00000001 0300 aa");
    await rejects(result, failsWith(statusCode.internal));
  }));

Deno.test("an answer that cannot be parsed fails the call", () =>
  withClient(async (client, channel) => {
    const result = client.call("s", "m", nothing, minute);
    channel.feed("00000002 00000001 0200 12ff");
    await rejects(result, failsWith(statusCode.internal, "Cannot parse the answer"));
  }));

Deno.test("an oversized answer fails its call alone", () =>
  withClient(async (client, channel) => {
    const results = [client.call("s", "m", nothing, minute), client.call("s", "m", nothing, minute)];
    channel.feed("00400001 00000001 0200");
    channel.feed(new Uint8Array(maxMessageBytes + 1));
    channel.feed("00000003 00000003 0200 1201bb");

    const [oversized, good] = await Promise.allSettled(results);
    strictEqual(oversized?.status === "rejected" && oversized.reason.code, statusCode.resourceExhausted);
    strictEqual(good?.status === "fulfilled" && hex(good.value), "bb");
  }));

Deno.test("a request that does not fit is refused and uses up no stream id", () =>
  withClient(async (client, channel) => {
    const tooLarge = client.call("s", "m", new Uint8Array(maxMessageBytes), minute);
    await rejects(tooLarge, failsWith(statusCode.resourceExhausted));

    const result = client.call("s", "m", nothing, minute);
    channel.feed("00000000 00000001 0200");
    deepStrictEqual(await result, nothing);
  }));

Deno.test("a client whose peer does not read refuses calls instead of piling them up", () =>
  withClient(async (client, channel) => {
    channel.hold();
    const large = new Uint8Array(maxMessageBytes - 100);
    const waiting = [1, 2, 3, 4].map(() => client.call("s", "m", large, minute));
    await rejects(client.call("s", "m", large, minute), failsWith(statusCode.resourceExhausted));

    channel.release();
    await quiet();
    waiting.push(client.call("s", "m", large, minute));
    for (const id of ["01", "03", "05", "07", "09"]) channel.feed(`00000000 000000${id} 0200`);
    strictEqual((await Promise.all(waiting)).length, 5);
  }));

Deno.test("when the connection ends, calls fail with its reason, and so do later ones", () =>
  withClient(async (client, channel) => {
    const outstanding = client.call("s", "m", nothing, minute);
    channel.feed("000000");
    channel.end();

    const reason = { kind: "peer-closed", insideFrame: true };
    await rejects(outstanding, {
      reason,
      message: "Cannot call s/m: the peer closed the connection inside a frame",
    });
    deepStrictEqual(await client.closed, reason);
    await rejects(client.call("s", "m", nothing, minute), { reason });
    strictEqual(channel.closed, true);
  }));

Deno.test("closing fails outstanding calls, and can be repeated", () =>
  withClient(async (client) => {
    const outstanding = client.call("s", "m", nothing, minute);
    const closed = [client.close(), client.close()];
    await rejects(outstanding, ConnectionClosedError);
    deepStrictEqual(await Promise.all(closed), [{ kind: "closed-here" }, { kind: "closed-here" }]);
  }));

Deno.test("a client that was never started closes as well", async () => {
  const channel = new ScriptedChannel();
  const client = new TtrpcClient(channel);
  deepStrictEqual(await client.close(), { kind: "closed-here" });
  client.start();
  strictEqual(channel.closed, true);
});
