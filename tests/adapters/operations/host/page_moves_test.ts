import assert from "node:assert/strict";
import { readPageMoves } from "../../../../adapters/operations/host/page_moves.ts";

/** The files below /sys/kernel/mm, as the kernel writes them, and what they come to. */
const machines = [
  { name: "a kernel without any of it", files: {}, demotion: false, mergingAcrossNodes: false },
  {
    name: "Debian 12 as it is booted",
    files: { "numa/demotion_enabled": "false\n", "ksm/run": "0\n", "ksm/merge_across_nodes": "1\n" },
    demotion: false,
    mergingAcrossNodes: false,
  },
  {
    name: "both turned on",
    files: { "numa/demotion_enabled": "true\n", "ksm/run": "1\n", "ksm/merge_across_nodes": "1\n" },
    demotion: true,
    mergingAcrossNodes: true,
  },
  {
    name: "KSM that keeps to a node",
    files: { "ksm/run": "1\n", "ksm/merge_across_nodes": "0\n" },
    demotion: false,
    mergingAcrossNodes: false,
  },
];

for (const { name, files, ...expected } of machines) {
  Deno.test(`what the kernel moves memory by is read of its settings: ${name}`, async () => {
    const sysfsRoot = await Deno.makeTempDir();
    try {
      for (const directory of ["numa", "ksm"]) {
        await Deno.mkdir(`${sysfsRoot}/kernel/mm/${directory}`, { recursive: true });
      }
      for (const [path, text] of Object.entries(files)) {
        await Deno.writeTextFile(`${sysfsRoot}/kernel/mm/${path}`, text);
      }
      assert.deepEqual(await readPageMoves(sysfsRoot), expected);
    } finally {
      await Deno.remove(sysfsRoot, { recursive: true });
    }
  });
}
