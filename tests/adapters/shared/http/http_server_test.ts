import assert from "node:assert/strict";
import { text } from "../../../../adapters/shared/http/answer.ts";
import { HttpServer, type HttpServerLimits } from "../../../../adapters/shared/http/http_server.ts";
import { exchange, readToEnd } from "./_raw.ts";

const roomy: Partial<HttpServerLimits> = {};

Deno.test("an answer carries its type and length and ends the connection", async () => {
  await serving(roomy, async (port) => {
    const { status, headers, body } = await exchange(port, "GET /ä HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.equal(status, 200);
    assert.equal(headers.get("content-type"), "text/plain; charset=utf-8");
    assert.equal(headers.get("content-length"), `${new TextEncoder().encode(body).length}`);
    assert.equal(headers.get("connection"), "close");
  });
});

Deno.test("HEAD has the same head and no body", async () => {
  await serving(roomy, async (port) => {
    const got = await exchange(port, "GET /x HTTP/1.1\r\n\r\n");
    assert.deepEqual(await exchange(port, "HEAD /x HTTP/1.1\r\n\r\n"), { ...got, body: "" });
  });
});

for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
  Deno.test(`${method} is not allowed, whatever it sends along`, async () => {
    await serving(roomy, async (port) => {
      const request = `${method} /x HTTP/1.1\r\nContent-Length: 20000\r\n\r\n${"b".repeat(20_000)}`;
      const { status, headers } = await exchange(port, request);
      assert.equal(status, 405);
      assert.equal(headers.get("allow"), "GET, HEAD");
    });
  });
}

Deno.test("what is no request is told so", async () => {
  await serving(roomy, async (port) => {
    assert.equal((await exchange(port, "hello\r\n\r\n")).status, 400);
    assert.equal((await exchange(port, `GET /${"a".repeat(9000)} HTTP/1.1\r\n\r\n`)).status, 431);
  });
});

Deno.test("an answer that cannot be made is an error with the reason, and the next one is made", async () => {
  await serving(roomy, async (port) => {
    const broken = await exchange(port, "GET /broken HTTP/1.1\r\n\r\n");
    assert.deepEqual([broken.status, broken.body], [500, "Cannot answer: no such luck\n"]);
    assert.equal((await exchange(port, "GET /x HTTP/1.1\r\n\r\n")).status, 200);
  });
});

Deno.test("a silent client is cut off when its time is over", async () => {
  await serving({ ...roomy, connectionMilliseconds: 20 }, async (port) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    assert.equal(await readToEnd(connection), "");
  });
});

Deno.test("a client that does not close after its answer is cut off when its time is over", async () => {
  await serving({ ...roomy, connectionMilliseconds: 200 }, async (port) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode("GET /x HTTP/1.1\r\n\r\n"));
    await assert.rejects(async () => {
      for (;;) {
        await connection.write(new Uint8Array(1));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
  });
});

Deno.test("silent clients beyond the limit push out the oldest, and others are answered", async () => {
  await serving({ maxConnections: 3, graceMilliseconds: 5 }, async (port) => {
    const silent: Deno.Conn[] = [];
    for (let count = 0; count < 10; count++) {
      silent.push(await Deno.connect({ hostname: "127.0.0.1", port }));
    }
    assert.equal((await exchange(port, "GET /x HTTP/1.1\r\n\r\n")).status, 200);
    const [oldest] = silent;
    assert.ok(oldest !== undefined && await isCutOff(oldest));
    for (const connection of silent) connection.close();
  });
});

Deno.test("a client that asks within its grace is answered, though the process stops until that is over", async () => {
  await serving({ maxConnections: 1, graceMilliseconds: 500 }, async (port) => {
    using asking = await Deno.connect({ hostname: "127.0.0.1", port });
    using _waiting = await Deno.connect({ hostname: "127.0.0.1", port });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const asked = asking.write(new TextEncoder().encode("GET /x HTTP/1.1\r\n\r\n"));
    for (const until = performance.now() + 600; performance.now() < until;);
    await asked;
    assert.match(await readToEnd(asking), /^HTTP\/1\.1 200 OK\r\n/);
  });
});

const floods: Record<string, (port: number) => Promise<void>> = {
  "connect and stay silent": (port: number) => silentFor(port, 20),
  "send half a request": (port: number) => silentFor(port, 20, "GET /x HT"),
  "ask without a pause": async (port: number) =>
    void await exchange(port, "GET /x HTTP/1.1\r\n\r\n").catch(() => {}),
};

for (const [what, flood] of Object.entries(floods)) {
  Deno.test(`a probe is answered while 256 clients ${what}`, async () => {
    await serving({ maxConnections: 64, acceptsPerSecond: 4000 }, async (port) => {
      let over = false;
      const clients = Array.from({ length: 256 }, async () => {
        while (!over) await flood(port);
      });
      await new Promise((resolve) => setTimeout(resolve, 200));
      for (let count = 0; count < 5; count++) assert.equal(await probe(port), 200);
      over = true;
      await Promise.all(clients);
    });
  });
}

/**
 * Probes as the kubelet does, which takes three in a row that fail for one: the clients share the server's thread here,
 * and can keep it longer from a probe than it may take to ask.
 */
async function probe(port: number, failureThreshold = 3): Promise<number> {
  try {
    return (await exchange(port, "GET /healthz HTTP/1.1\r\n\r\n")).status;
  } catch (error) {
    if (failureThreshold === 1) throw error;
    return await probe(port, failureThreshold - 1);
  }
}

/** Connects, keeps quiet for some milliseconds or until it is cut off, and leaves. */
async function silentFor(port: number, milliseconds: number, text = ""): Promise<void> {
  // A flood that outlives the server by a moment is refused.
  const connected = await Deno.connect({ hostname: "127.0.0.1", port }).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
  });
  if (connected === undefined) return;
  using connection = connected;
  await connection.write(new TextEncoder().encode(text)).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

Deno.test("clients that stay silent or stop halfway do not hold up the end", async () => {
  const silent: Deno.Conn[] = [];
  await serving(roomy, async (port) => {
    for (const request of ["", "GET /x HT", "GET /x HTTP/1.1\r\n\r\n"]) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await connection.write(new TextEncoder().encode(request));
      silent.push(connection);
    }
    await exchange(port, "GET /x HTTP/1.1\r\n\r\n");
  });
  for (const connection of silent) connection.close();
});

Deno.test("a server that was not started can be stopped", async () => {
  await new HttpServer(() => text(200, "ok")).stop();
});

async function serving(
  limits: Partial<HttpServerLimits>,
  test: (port: number) => Promise<void>,
): Promise<void> {
  const server = new HttpServer((path) => {
    if (path === "/broken") throw new Error("no such luck");
    return text(200, `you asked for ${path} (ü)`);
  }, limits);
  const port = server.start("127.0.0.1", 0);
  try {
    await test(port);
  } finally {
    await server.stop();
  }
}

/** Whether the server has closed: the end, or a reset when the client had sent something. */
async function isCutOff(connection: Deno.Conn): Promise<boolean> {
  return await connection.read(new Uint8Array(1)) === null;
}
