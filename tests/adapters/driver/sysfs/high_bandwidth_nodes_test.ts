import assert from "node:assert/strict";
import { readHighBandwidthNodes } from "../../../../adapters/driver/sysfs/high_bandwidth_nodes.ts";
import { numaNodeId } from "../../../../core/values/ids.ts";
import { arrayRange, device, otherDevice, tableOf } from "./smbios_samples.ts";
import { withFiles } from "./support.ts";

const place = "firmware/dmi/tables/DMI", blockSize = "devices/system/memory/block_size_bytes";

/** High-bandwidth memory from 1 MiB up to 3 MiB, and other memory behind it. */
const table = tableOf(
  ...[device({ handle: 1 }), arrayRange(1024, 3071)],
  ...[otherDevice(2, 0x11), arrayRange(3072, 4095, 0x11)],
);

/** Blocks of 1 MiB, of which node 2 has two and node 3 one more, which is also that of node 4. */
const machine = {
  [place]: table,
  [blockSize]: "100000\n",
  ...Object.fromEntries(
    ["node2/memory1", "node2/memory2", "node3/memory2", "node3/memory3", "node4/memory3"]
      .map((block) => [`devices/system/node/${block}/state`, "online\n"]),
  ),
};

/** Which of the nodes 2 to 4 have high-bandwidth memory alone, and what failed. */
async function found(
  files: Readonly<Record<string, string | Uint8Array>>,
  { candidates = [2, 3, 4], smbiosTable }: {
    readonly candidates?: readonly number[];
    readonly smbiosTable?: string;
  } = {},
): Promise<unknown> {
  let result: unknown;
  await withFiles(files, async (sysfsRoot) => {
    const elsewhere = smbiosTable === undefined ? {} : { smbiosTable: `${sysfsRoot}/${smbiosTable}` };
    const read = await readHighBandwidthNodes({ sysfsRoot, ...elsewhere }, candidates.map(numaNodeId));
    result = [...read.nodes, ...read.failures.map(({ message }) => message.replaceAll(sysfsRoot, ""))];
  });
  return result;
}

Deno.test("a node has high-bandwidth memory if each of its blocks is in such ranges", async () => {
  assert.deepEqual(await found(machine), [2]);
});

Deno.test("the table can be elsewhere", async () => {
  const { [place]: own, ...others } = machine;
  assert.deepEqual(await found({ ...others, "elsewhere/DMI": own }, { smbiosTable: "elsewhere/DMI" }), [2]);
  assert.deepEqual(await found(machine, { smbiosTable: "elsewhere/DMI" }), []);
});

Deno.test("nothing is read where no node asks for it", async () => {
  assert.deepEqual(await found({ ...machine, [place]: "" }, { candidates: [] }), []);
});

Deno.test("without a table, blocks or their size nothing is known, and nothing failed", async () => {
  const { [place]: _table, ...noTable } = machine;
  const { [blockSize]: _size, ...noSize } = machine;
  for (const files of [noTable, noSize, { [place]: table, [blockSize]: "100000" }, { x: "" }]) {
    assert.deepEqual(await found(files), []);
  }
});

Deno.test("a table that is cut off, too large or none is a failure that names the file", async () => {
  assert.deepEqual(await found({ ...machine, [place]: table.subarray(0, 50) }), [
    `Cannot read /${place}: ends within the structure at byte 0`,
  ]);
  assert.deepEqual(await found({ ...machine, [place]: new Uint8Array((1 << 20) + 1) }), [
    `Cannot read /${place}: holds more than 1048576 bytes`,
  ]);
  assert.deepEqual(await found({ ...machine, [place]: "" }), [
    `Cannot read /${place}: ends at byte 0 without the structure that ends a table`,
  ]);
});

Deno.test("a size of blocks that is none is a failure that names the file", async () => {
  assert.deepEqual(await found({ ...machine, [blockSize]: "x" }), [
    `Cannot read /${blockSize}: expected a size in hexadecimal, found "x"`,
  ]);
});
