import assert from "node:assert/strict";
import { once } from "node:events";
import { tcpPair, TcpPairError } from "../../../../adapters/shared/deno_workarounds/unix_tcp_pair.ts";

const hostname = "127.0.0.1";

Deno.test("the two ends of a pair are connected to each other", async () => {
  const { near, far, closed } = await tcpPair();
  near.resume();

  near.write("to far");
  assert.equal(await text(far), "to far");
  await far.write(new TextEncoder().encode("to near"));
  assert.equal(String((await once(near, "data"))[0]), "to near");

  far.close();
  near.destroy();
  await closed;
});

Deno.test("whoever else dials the listener gets nothing and is closed, before and after", async () => {
  const strangers: Deno.TcpConn[] = [];
  const dialStranger = async (port: number) => strangers.push(await Deno.connect({ hostname, port }));

  const { near, far, closed } = await tcpPair(async (port) => {
    await dialStranger(port);
    const ours = await Deno.connect({ hostname, port });
    await dialStranger(port);
    return ours;
  });

  for (const stranger of strangers) {
    assert.equal(await text(stranger), "");
    stranger.close();
  }
  near.resume().write("still ours");
  assert.equal(await text(far), "still ours");
  far.close();
  near.destroy();
  await closed;
});

Deno.test("the listener is gone once the pair is made", async () => {
  let dialled = 0;
  const { near, far, closed } = await tcpPair((port) => {
    dialled = port;
    return Deno.connect({ hostname, port });
  });

  await assert.rejects(Deno.connect({ hostname, port: dialled }), Deno.errors.ConnectionRefused);

  far.close();
  near.destroy();
  await closed;
});

Deno.test("a dial that fails is an error with its cause", async () => {
  const cause = new Deno.errors.ConnectionRefused("no");

  await assert.rejects(
    tcpPair(() => Promise.reject(cause)),
    (error) => error instanceof TcpPairError && error.cause === cause,
  );
});

/** What there is to read, empty at the end or when the connection was reset. */
async function text(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(64);
  try {
    return new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionReset) return "";
    throw error;
  }
}
