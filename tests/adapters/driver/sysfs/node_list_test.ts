import assert from "node:assert/strict";
import { readNodeList } from "../../../../adapters/driver/sysfs/node_list.ts";
import { withFiles } from "./support.ts";

Deno.test("offline are the possible nodes that are not online", async () => {
  await withFiles({ "online": "0,33\n", "possible": "0-1,33-34\n" }, async (directory) => {
    const list = { online: [0, 33], offline: [1, 34], withNormalMemory: undefined, failures: [] };
    assert.deepEqual(await readNodeList(directory), list);
  });
});

Deno.test("without the list of possible nodes, the directories tell the offline ones", async () => {
  const files = { "online": "0\n", "node0/cpulist": "0\n", "node10/cpulist": "\n", "node9/cpulist": "\n" };
  await withFiles(files, async (directory) => {
    const list = { online: [0], offline: [9, 10], withNormalMemory: undefined, failures: [] };
    assert.deepEqual(await readNodeList(directory), list);
  });
});

Deno.test("a directory of a node that is not even possible is one of an offline node", async () => {
  const files = { "online": "0\n", "possible": "0-1\n", "node5/cpulist": "\n", "power/control": "auto\n" };
  await withFiles(files, async (directory) => {
    assert.deepEqual((await readNodeList(directory))?.offline, [1, 5]);
  });
});

Deno.test("a damaged list of possible nodes and an impossible directory are named", async () => {
  const files = { "online": "0\n", "possible": "0-\n", "node5000/cpulist": "\n" };
  await withFiles(files, async (directory) => {
    const list = await readNodeList(directory);
    assert.deepEqual(list?.offline, []);
    assert.deepEqual(list?.failures.map(({ path }) => path), [
      `${directory}/possible`,
      `${directory}/node5000`,
    ]);
  });
});

Deno.test("no directory means a kernel without NUMA", async () => {
  await withFiles({}, async (directory) => {
    assert.equal(await readNodeList(`${directory}/node`), undefined);
  });
});

for (
  const [what, online] of [["an empty", "\n"], ["a damaged", "0-x\n"], ["an impossible", "0-2000\n"]] as const
) {
  Deno.test(`${what} list of online nodes is an error`, async () => {
    await withFiles({ online }, async (directory) => {
      await assert.rejects(readNodeList(directory), {
        name: "UnreadableFileError",
        path: `${directory}/online`,
      });
    });
  });
}
