import assert from "node:assert/strict";
import { readMemoryAccess } from "../../../../adapters/driver/sysfs/memory_access.ts";
import { withFiles } from "./support.ts";

async function accessOf(files: Readonly<Record<string, string>>): Promise<unknown> {
  let found: unknown;
  await withFiles(files, async (root) => {
    const { failures, ...access } = await readMemoryAccess(root);
    found = { ...access, failures: failures.map(({ message }) => message.replaceAll(root, "")) };
  });
  return found;
}

Deno.test("a node without a firmware's table says nothing, and nothing failed", async () => {
  assert.deepEqual(await accessOf({ "cpulist": "\n" }), { failures: [] });
});

Deno.test("speed is that of the best initiator, and the best with CPUs are named", async () => {
  const access = await accessOf({
    "access0/initiators/read_bandwidth": "26624\n",
    "access0/initiators/write_bandwidth": "0\n",
    "access0/initiators/read_latency": "240\n",
    "access0/initiators/node9/cpulist": "",
    "access1/initiators/read_bandwidth": "1\n",
    "access1/initiators/node10/cpulist": "0\n",
    "access1/initiators/node2/cpulist": "0\n",
  });
  assert.deepEqual(access, {
    speed: { readBandwidthMebibytes: 26624, readLatencyNanoseconds: 240 },
    initiators: [2, 10],
    failures: [],
  });
});

Deno.test("a figure that is none is a failure that names the file, and the others are read", async () => {
  const access = await accessOf({
    "access0/initiators/read_bandwidth": "fast\n",
    "access0/initiators/write_latency": "250\n",
  });
  assert.deepEqual(access, {
    speed: { writeLatencyNanoseconds: 250 },
    failures: ['Cannot read /access0/initiators/read_bandwidth: expected a number, found "fast"'],
  });
});
