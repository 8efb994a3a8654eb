import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import { listenUnix } from "../../../../adapters/driver/kubelet/unix_listener.ts";
import { clientsAndFiles } from "../../shared/deno_workarounds/clients_and_files.ts";

Deno.test("clients that come and go close nobody's file but their own", async () => {
  await listening((connection) => void connection.pipe(connection), async (path, reported) => {
    await clientsAndFiles(path, 5_000);
    assert.deepEqual(reported, []);
  });
});

Deno.test("closed, a listener is gone when its connections are", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/socket`;
  const listener = await listenUnix(path, {
    ...handlers([]),
    onConnection: (connection) => void connection.resume(),
  });
  const client = await Deno.connect({ transport: "unix", path });
  let isGone = false;
  const closing = listener.close().then(() => isGone = true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(isGone, false);
  client.close();
  await closing;
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a connection whose handler throws is closed and told, and the next one is served", async () => {
  const mistake = new Error("a mistake in the library");
  let count = 0;
  await listening((connection) => {
    if (count++ === 0) throw mistake;
    connection.pipe(connection);
  }, async (path, reported) => {
    using first = await Deno.connect({ transport: "unix", path });
    assert.equal(await first.read(new Uint8Array(1)), null);
    await clientsAndFiles(path, 1);
    assert.deepEqual(reported, [mistake]);
  });
});

Deno.test("where nothing can be put there is no listener", async () => {
  await assert.rejects(listenUnix("/proc/socket", { ...handlers([]), onConnection: () => {} }));
});

function handlers(reported: unknown[]) {
  return {
    onError: (error: Error) => void reported.push(error),
    onThrown: (error: unknown) => void reported.push(error),
  };
}

async function listening(
  onConnection: (connection: Duplex) => void,
  test: (path: string, reported: unknown[]) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/socket`;
  const reported: unknown[] = [];
  const listener = await listenUnix(path, { ...handlers(reported), onConnection });
  try {
    await test(path, reported);
  } finally {
    await listener.close();
    await Deno.remove(directory, { recursive: true });
  }
}
