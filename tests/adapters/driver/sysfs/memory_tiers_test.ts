import assert from "node:assert/strict";
import { readMemoryTiers } from "../../../../adapters/driver/sysfs/memory_tiers.ts";
import { withFiles } from "./support.ts";

const directory = "devices/virtual/memory_tiering";

async function tiersOf(nodelists: Readonly<Record<string, string>>): Promise<unknown> {
  const files = Object.entries(nodelists).map(([tier, nodes]) => [`${directory}/${tier}/nodelist`, nodes]);
  let found: unknown;
  await withFiles(Object.fromEntries(files), async (root) => {
    const { byNode, failures } = await readMemoryTiers(root);
    found = [Object.fromEntries(byNode), ...failures.map(({ message }) => message.replaceAll(root, ""))];
  });
  return found;
}

Deno.test("tiers are counted from the fastest, by their numbers and not by their names", async () => {
  const tiers = await tiersOf({
    memory_tier22: "1,3\n",
    memory_tier4: "0\n",
    memory_tier100: "2\n",
    power: "x",
  });
  assert.deepEqual(tiers, [{ 0: 0, 1: 1, 2: 2, 3: 1 }]);
});

Deno.test("a kernel without tiers tells none, and nothing failed", async () => {
  assert.deepEqual(await tiersOf({}), [{}]);
});

Deno.test("with one tier that cannot be read none is told, since the others cannot be counted", async () => {
  assert.deepEqual(await tiersOf({ memory_tier4: "0\n", memory_tier5: "word\n" }), [
    {},
    `Cannot read /${directory}/memory_tier5/nodelist: expected a list such as 0-3,8, found "word"`,
  ]);
});

Deno.test("more tiers than any kernel has are not read", async () => {
  const many = Array.from({ length: 129 }, (_, tier) => [`memory_tier${tier}`, "0\n"]);
  assert.deepEqual(await tiersOf(Object.fromEntries(many)), [
    {},
    `Cannot read /${directory}: has 129 tiers, more than 128`,
  ]);
});
