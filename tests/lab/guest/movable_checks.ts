/** What the kernel does with a pin to a node whose memory is all in ZONE_MOVABLE, without the driver. */
import assert from "node:assert/strict";
import { SysfsTopology } from "../../../adapters/driver/sysfs/sysfs_topology.ts";
import { companions } from "../../../core/topology/companions.ts";
import { KernelCgroups } from "./kernel_cgroups.ts";

const cgroups = new KernelCgroups();

function check(name: string, mems: string, body: (cgroup: string) => Promise<void>): void {
  Deno.test(name, async () => {
    await cgroups.createUnlimited("/container");
    try {
      await cgroups.write("/container", "cpuset.mems", mems);
      await body(`${cgroups.mount}/container`);
    } finally {
      await cgroups.remove("/container");
    }
  });
}

/** What `dd` in the cgroup says of writing to a pipe. It says it to a file: its own output would be a pipe as well. */
async function pipe(cgroup: string): Promise<string> {
  await new Deno.Command("sh", {
    args: [
      ...[
        "-c",
        'echo $$ >"$1/cgroup.procs" && { dd if=/dev/zero bs=64k count=1 2>/tmp/pipe | cat >/dev/null; }',
      ],
      ...["sh", cgroup],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    signal: AbortSignal.timeout(30_000),
  }).output();
  return await Deno.readTextFile("/tmp/pipe");
}

Deno.test("the driver sees that the kernel has none of the node's memory for itself, and what it is to have beside it", async () => {
  const topology = await new SysfsTopology({ sysfsRoot: "/sys", procfsRoot: "/proc" }).read();
  assert.deepEqual(topology.nodes.map(({ movableOnly }) => movableOnly), [false, true]);
  assert.deepEqual([...companions(topology)], [[1, 0]]);
});

check("a task that may use such a node alone cannot write to a pipe", "1", async (cgroup) => {
  assert.match(await pipe(cgroup), /Cannot allocate memory|Out of memory/i);
});

check("with the companion beside it a pipe can be written to", "0-1", async (cgroup) => {
  assert.match(await pipe(cgroup), /1\+0 records out|65536 bytes/);
});
