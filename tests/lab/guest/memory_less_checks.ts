/** What the kernel does with a pin to a node without memory. */
import assert from "node:assert/strict";
import { KernelCgroups } from "./kernel_cgroups.ts";
import { runWorkload } from "./workload.ts";

Deno.test("a pin to a node without memory is taken, and gives the parent's nodes", async () => {
  const cgroups = new KernelCgroups();
  await cgroups.createUnlimited("/container");
  try {
    await cgroups.write("/container", "cpuset.mems", "1");
    assert.equal(await cgroups.read("/container", "cpuset.mems"), "1");
    assert.equal(await cgroups.read("/container", "cpuset.mems.effective"), "0");
    const cgroup = `${cgroups.mount}/container`;
    assert.deepEqual(await runWorkload({ cgroup, bytes: 4096, page: "base", cpu: 1 }), { 0: 4096 });
  } finally {
    await cgroups.remove("/container");
  }
});
