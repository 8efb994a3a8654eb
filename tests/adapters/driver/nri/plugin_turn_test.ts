import assert from "node:assert/strict";
import { pluginTurn } from "../../../../adapters/driver/nri/plugin_turn.ts";

Deno.test("the second instance stands by until the first gives its turn up", async () => {
  await withTurns(async (first, second) => {
    const never = new AbortController().signal;
    const release = await first(never, () => assert.fail("there is nobody to wait for"));
    const standing = Promise.withResolvers<void>();
    const waiting = second(never, standing.resolve);
    await standing.promise;
    release?.();
    const releaseSecond = await waiting;
    assert.ok(releaseSecond !== undefined);
    releaseSecond();
  });
});

Deno.test("who is told to stop waits no longer and holds nothing", async () => {
  await withTurns(async (first, second) => {
    const release = await first(new AbortController().signal, () => {});
    const stopping = new AbortController();
    const waiting = second(stopping.signal, () => stopping.abort());
    assert.equal(await waiting, undefined);
    release?.();
  });
});

async function withTurns(
  test: (first: ReturnType<typeof pluginTurn>, second: ReturnType<typeof pluginTurn>) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/plugins/nri.lock`;
    await test(pluginTurn(path), pluginTurn(path));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
