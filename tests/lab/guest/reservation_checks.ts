/**
 * What becomes of pages that a mapping has reserved on one NUMA node and not touched: the kernel keeps as many as are
 * reserved on the whole machine, of whichever node.
 */
import assert from "node:assert/strict";
import { KernelCgroups } from "./kernel_cgroups.ts";
import { pagesOf, setPages, setup } from "./setup_hugepages.ts";
import { Workload } from "./workload.ts";

const cgroups = new KernelCgroups();
const page = 2 << 20, reserved = 40 * page, left = 24 * page;
const uid = "0c01e379-873c-488c-8f77-02fdeaf6711a";
const pod = `/kubepods/pod${uid}`;

/** Runs a check with a container of a pod that is held to node 0, and 64 pages on each node. */
function check(name: string, body: (cgroup: string) => Promise<void>): void {
  Deno.test(name, async () => {
    // Not this process: it may not take memory from node 0.
    const { code, stderr } = await setup([{ count: 64, node: 0 }, { count: 64, node: 1 }]);
    assert.deepEqual([code, stderr], [0, ""]);
    try {
      await body(await container(0));
    } finally {
      await cgroups.remove("/kubepods");
      await setPages("2M", [0, 0]);
    }
  });
}

/** A container that is held to a node. */
async function container(node: number): Promise<string> {
  const path = `${pod}/container${node}`;
  await cgroups.createUnlimited(path);
  await cgroups.write(path, "cpuset.mems", `${node}`);
  return cgroups.mount + path;
}

async function reserve(cgroup: string, bytes = reserved): Promise<Workload> {
  const workload = new Workload({ cgroup, bytes, page: "2m", touchLater: true });
  assert.deepEqual(await workload.outcome(), {});
  return workload;
}

check(
  "two mappings can reserve the same pages of a node, and one dies when it touches them",
  async (cgroup) => {
    await using one = await reserve(cgroup);
    await using other = await reserve(cgroup);
    assert.equal(await freePages(0), 64);
    assert.deepEqual(await one.whereNow(), { 0: reserved });
    assert.equal(await other.whereNow(), "SIGBUS");
  },
);

check(
  "the kernel takes reserved pages away when a node's pool shrinks, and the process dies",
  async (cgroup) => {
    await using one = await reserve(cgroup);
    await setPages("2M", [20, 64]);
    assert.deepEqual(await pagesOf("2M", [0]), [20]);
    assert.equal(await one.whereNow(), "SIGBUS");
  },
);

check("setup-hugepages refuses to, and says whose they are", async (cgroup) => {
  await using one = await reserve(cgroup);
  const { code, stderr } = await setup([{ count: 39, node: 0 }]);
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`mappings of pods have reserved 40 \\(pod ${uid}\\)`));
  assert.deepEqual(await pagesOf("2M", [0]), [64]);
  assert.equal((await setup([{ count: 40, node: 0 }])).code, 0);
  assert.deepEqual(await one.whereNow(), { 0: reserved });
});

check("what is left of a node beside a reservation can be had", async (cgroup) => {
  await using one = await reserve(cgroup);
  await using other = await reserve(cgroup, left);
  assert.deepEqual(await other.whereNow(), { 0: left });
  assert.deepEqual(await one.whereNow(), { 0: reserved });
});

async function freePages(node: number): Promise<number> {
  const pool = `/sys/devices/system/node/node${node}/hugepages/hugepages-2048kB`;
  return Number(await Deno.readTextFile(`${pool}/free_hugepages`));
}
