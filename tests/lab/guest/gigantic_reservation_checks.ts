/**
 * What becomes of a page of 1 GiB that a mapping has reserved and not touched. The pages are those of the boot, one on each
 * node: a machine that has run for a while need not find a whole GiB any more.
 */
import assert from "node:assert/strict";
import { KernelCgroups } from "./kernel_cgroups.ts";
import { pagesOf, setPages } from "./setup_hugepages.ts";
import { Workload } from "./workload.ts";

const cgroups = new KernelCgroups();
const demote = "/sys/devices/system/node/node0/hugepages/hugepages-1048576kB/demote";

/** A mapping of one page, of a container that is held to a node. */
async function reserve(node: number): Promise<Workload> {
  const container = `/kubepods/container${node}`;
  await cgroups.createUnlimited(container);
  await cgroups.write(container, "cpuset.mems", `${node}`);
  const workload = new Workload({
    cgroup: cgroups.mount + container,
    bytes: 1 << 30,
    page: "1g",
    touchLater: true,
  });
  assert.deepEqual(await workload.outcome(), {});
  return workload;
}

// The kernel takes what is reserved on all nodes off what is free on the one, which comes to less than nothing (demote_store
// of mm/hugetlb.c).
Deno.test("a reserved page of 1 GiB is split while more are reserved elsewhere, and the process dies", async () => {
  try {
    assert.deepEqual(await pagesOf("1G", [0, 1]), [1, 1]);
    await using one = await reserve(0);
    await Deno.writeTextFile(demote, "1");
    assert.deepEqual(await pagesOf("1G", [0]), [1]);
    await using _other = await reserve(1);
    await Deno.writeTextFile(demote, "1");
    assert.deepEqual(await pagesOf("1G", [0]), [0]);
    assert.equal(await one.whereNow(), "SIGBUS");
  } finally {
    await cgroups.remove("/kubepods");
    for (const size of ["1G", "2M"] as const) await setPages(size, [0, 0]);
  }
});
