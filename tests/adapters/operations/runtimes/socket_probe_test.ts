import assert from "node:assert/strict";
import { dirname } from "node:path";
import { probeNriSocket } from "../../../../adapters/operations/runtimes/socket_probe.ts";

async function inDirectory(test: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(`${directory}/nri.sock`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a socket that something listens at is connected to, and let go of", async () => {
  await inDirectory(async (path) => {
    using listener = Deno.listen({ transport: "unix", path });
    const [outcome, connection] = await Promise.all([probeNriSocket(path, 10_000), listener.accept()]);
    assert.deepEqual(outcome, { kind: "connected" });
    assert.equal(await connection.read(new Uint8Array(1)), null);
    connection.close();
  });
});

Deno.test("a socket that is not there is missing", async () => {
  await inDirectory(async (path) => {
    assert.deepEqual(await probeNriSocket(path, 10_000), { kind: "missing" });
  });
});

Deno.test("what is left of a runtime that ended refuses", async () => {
  await inDirectory(async (path) => {
    const listening = `Deno.listen({ transport: "unix", path: ${JSON.stringify(path)} })`;
    const killed = `${listening}; Deno.kill(Deno.pid, "SIGKILL")`;
    await new Deno.Command(Deno.execPath(), { args: ["eval", killed] }).output();
    const outcome = await probeNriSocket(path, 10_000);
    assert.deepEqual(outcome, { kind: "refused", reason: "connection refused" });
  });
});

Deno.test("a file or a directory is no socket", async () => {
  await inDirectory(async (path) => {
    await Deno.writeTextFile(path, "");
    for (const each of [path, dirname(path)]) {
      assert.deepEqual(await probeNriSocket(each, 10_000), { kind: "no socket" });
    }
  });
});
