import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type ByteSource,
  readRequestHead,
  RequestError,
} from "../../../../adapters/shared/http/request_head.ts";

Deno.test("the method and the path are read, the query and the headers are passed over", async () => {
  const request = "GET /metrics?name=x HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n";
  assert.deepEqual(await readRequestHead(source([request])), { method: "GET", path: "/metrics" });
});

Deno.test("a request reads the same however it is cut into pieces", async () => {
  const request = "HEAD /healthz HTTP/1.0\r\nHost: a\r\n\r\n";
  const cuts = fc.array(fc.nat(request.length)).map((all) => all.sort((a, b) => a - b));
  await fc.assert(fc.asyncProperty(cuts, async (all) => {
    const pieces = [...all, request.length].map((cut, index) => request.slice(all[index - 1] ?? 0, cut))
      .filter((piece) => piece !== "");
    assert.deepEqual(await readRequestHead(source(pieces)), { method: "HEAD", path: "/healthz" });
  }));
});

Deno.test("a client that leaves before the empty line has asked for nothing", async () => {
  assert.equal(await readRequestHead(source([])), undefined);
  assert.equal(await readRequestHead(source(["GET / HTTP/1.1\r\nHost: a\r\n"])), undefined);
});

for (
  const line of [
    "",
    "GET",
    "GET /",
    "GET / HTTP/2.0",
    "get / HTTP/1.1",
    "GET  / HTTP/1.1",
    "GET /a b HTTP/1.1",
    "PRI * HTTP/2.0",
    "\x16\x03\x01",
  ]
) {
  Deno.test(`${JSON.stringify(line)} is no request line`, async () => {
    await assert.rejects(readRequestHead(source([`${line}\r\n\r\n`])), isError(400));
  });
}

Deno.test("a head that does not end is refused once it is too long", async () => {
  const endless: ByteSource = { read: (buffer) => Promise.resolve(buffer.fill(97).length) };
  await assert.rejects(readRequestHead(endless), isError(431));
});

Deno.test("any bytes are a request, an error of the client's, or nothing", async () => {
  await fc.assert(fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
    try {
      await readRequestHead(source([`${text}\r\n\r\n`].filter((piece) => piece !== "")));
    } catch (error) {
      assert.ok(error instanceof RequestError);
    }
  }));
});

function isError(status: number) {
  return (error: unknown) => error instanceof RequestError && error.status === status;
}

/** Gives the pieces one read at a time, then the end. */
function source(pieces: readonly string[]): ByteSource {
  const left = pieces.map((piece) => new TextEncoder().encode(piece));
  return {
    read: (buffer) => {
      const piece = left.shift();
      if (piece === undefined) return Promise.resolve(null);
      const taken = piece.subarray(0, buffer.length);
      buffer.set(taken);
      if (taken.length < piece.length) left.unshift(piece.subarray(taken.length));
      return Promise.resolve(taken.length);
    },
  };
}
