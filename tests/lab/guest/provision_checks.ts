/** What the kernel makes of `dramemory setup-hugepages` on the machine with four nodes. */
import assert from "node:assert/strict";
import { CdiCheckpoint } from "../../../adapters/driver/cdi/cdi_checkpoint.ts";
import { SoleInstance } from "../../../adapters/driver/cdi/instances.ts";
import { podUid } from "../../../core/values/ids.ts";
import { allocationOf, MiB, preparedClaim } from "../../core/samples.ts";
import { KernelCgroups } from "./kernel_cgroups.ts";
import { pagesOf, setPages, setup } from "./setup_hugepages.ts";
import { Workload } from "./workload.ts";

const nodes = [0, 1, 2, 3];
const atBoot = [8, 0, 16, 4];

/** Runs a check and leaves the pools as they were. */
function check(name: string, body: () => Promise<void>): void {
  Deno.test(name, async () => {
    try {
      await body();
    } finally {
      await setPages("2M", atBoot);
    }
  });
}

check("pages come to the node that is named, and evenly without one, the rest to the lowest", async () => {
  await setup([{ count: 30, node: 1 }]);
  assert.deepEqual(await counts(), [8, 30, 16, 4]);
  const { code, stderr } = await setup([{ count: 42 }]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.deepEqual(await counts(), [11, 11, 10, 10]);
});

check("a node without the free memory gives what it can", async () => {
  const { code, stderr } = await setup([{ count: 20, node: 2 }, { count: await tooMany(1), node: 1 }]);
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot get \d+ pages of 2Mi on NUMA node 1: the kernel gave \d+, /);
  const [, one = 0, two] = await counts();
  assert(one > 100);
  assert.equal(two, 20);
});

check("what a node gave is taken back with --rollback, and what another gave up is restored", async () => {
  const pages = [{ count: 0, node: 2 }, { count: await tooMany(1), node: 1 }];
  const { code, stderr } = await setup(pages, { options: ["--rollback"] });
  assert.equal(code, 1);
  assert.match(stderr, /^Restored: 16 pages of 2Mi on NUMA node 2, as before$/m);
  assert.deepEqual(await counts(), atBoot);
});

check("pages of 1 GiB that no node has the memory for are refused before anything is done", async () => {
  const { code, stderr } = await setup([{ count: 400 }, { size: "1G", count: 1, node: 3 }]);
  assert.equal(code, 1);
  assert.match(stderr, /NUMA node 3 would have .* of hugepages/);
  assert.deepEqual(await counts(), atBoot);
});

check("a node that is not among those of its cgroup gives it nothing, and it says why", async () => {
  const { code, stderr } = await setup([{ count: 20, node: 0 }], { cgroup: "/lab" });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /on NUMA node 0: the kernel gave 8, since this process may not take memory from that node/,
  );
});

check(
  "a claim keeps its pages, those it uses and those it does not yet, and no more are kept for it",
  async () => {
    const cgroups = new KernelCgroups(), uid = "0c01e379-873c-488c-8f77-02fdeaf6711a";
    const container = `/kubepods/pod${uid}/container`, directory = await Deno.makeTempDir();
    const bootId = (await Deno.readTextFile("/proc/sys/kernel/random/boot_id")).trim();
    const claim = preparedClaim(1, [allocationOf("hugepages-2m-numa2", 16n * MiB)]);
    await new CdiCheckpoint({ directory, bootId, instances: new SoleInstance() })
      .save({ ...claim, pod: { ...claim.pod, uid: podUid(uid) } });
    await cgroups.createUnlimited(container);
    await cgroups.write(container, "cpuset.mems", "2");
    try {
      await using workload = new Workload({ cgroup: cgroups.mount + container, bytes: 8 << 20, page: "2m" });
      assert.deepEqual(await workload.outcome(), { 2: 8 << 20 });
      const options = [`--cdi-dir=${directory}`];
      const refused = await setup([{ count: 7, node: 2 }], { options });
      assert.match(refused.stderr, /prepared claims hold 8 \(default\/claim-1\) \(ask for at least 8,/);
      assert.deepEqual(await counts(), atBoot);
      assert.equal((await setup([{ count: 8, node: 2 }], { options })).code, 0);
      assert.deepEqual(await counts(), [8, 0, 8, 4]);
    } finally {
      await cgroups.remove("/kubepods");
    }
  },
);

/** More pages than a node can give: the kernel itself has some of its memory. */
async function tooMany(node: number): Promise<number> {
  const meminfo = await Deno.readTextFile(`/sys/devices/system/node/node${node}/meminfo`);
  return Math.floor(Number(/MemTotal: +(\d+)/.exec(meminfo)?.[1]) / 2048);
}

function counts(): Promise<number[]> {
  return pagesOf("2M", nodes);
}
