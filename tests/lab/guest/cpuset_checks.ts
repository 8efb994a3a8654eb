/** What the kernel does with the pinning that the driver relies on, without the driver. */
import assert from "node:assert/strict";
import { KernelCgroups } from "./kernel_cgroups.ts";
import { HugetlbNodes } from "../../../adapters/driver/cgroup/hugetlb_by_node.ts";
import { isKernelAtLeast } from "../../../core/values/kernel_version.ts";
import { pageSize } from "../../../core/values/page_size.ts";
import { runWorkload, Workload } from "./workload.ts";

const cgroups = new KernelCgroups();
const size = 64 << 20;

function check(name: string, mems: string, body: (container: string, cgroup: string) => Promise<void>): void {
  Deno.test(name, async () => {
    const container = "/pod/container";
    await cgroups.createUnlimited(container);
    try {
      await cgroups.write(container, "cpuset.mems", mems);
      await body(container, cgroups.mount + container);
    } finally {
      await cgroups.remove("/pod");
    }
  });
}

check("without a pin memory comes from the node of the CPU", "", async (container, cgroup) => {
  assert.equal(await cgroups.read(container, "cpuset.mems"), "");
  assert.equal(await cgroups.read(container, "cpuset.mems.effective"), "0-1");
  assert.deepEqual(await runWorkload({ cgroup, bytes: size, page: "base", cpu: 1 }), { 1: size });
});

check("a pin holds whatever the CPU", "0", async (_, cgroup) => {
  assert.deepEqual(await runWorkload({ cgroup, bytes: size, page: "base", cpu: 1 }), { 0: size });
  assert.deepEqual(await runWorkload({ cgroup, bytes: size, page: "2m", cpu: 1 }), { 0: size });
});

check("a pool is refused beyond its pinned node, though another node has pages", "0", async (_, cgroup) => {
  assert.equal(await runWorkload({ cgroup, bytes: 3 * size, page: "2m" }), "ENOMEM");
  assert.equal(await runWorkload({ cgroup, bytes: 3 * size, page: "2m", noReserve: true }), "SIGBUS");
});

check("a container whose node's pool is in use is refused", "0", async (_, cgroup) => {
  await using first = new Workload({ cgroup, bytes: 2 * size, page: "2m" });
  assert.deepEqual(await first.outcome(), { 0: 2 * size });
  assert.equal(await runWorkload({ cgroup, bytes: size, page: "2m" }), "ENOMEM");
});

check("a limit holds for all pinned nodes together, not for each", "0-1", async (container, cgroup) => {
  await cgroups.write(container, "hugetlb.2MB.max", `${2 * size}`);
  assert.deepEqual(await runWorkload({ cgroup, bytes: 2 * size, page: "2m", cpu: 0 }), { 0: 2 * size });
  assert.deepEqual(await runWorkload({ cgroup, bytes: 2 * size, page: "2m", cpu: 1 }), { 1: 2 * size });
});

check("a new pin moves what is there already", "0", async (container, cgroup) => {
  await using memory = new Workload({ cgroup, bytes: size, page: "base" });
  await using hugepages = new Workload({ cgroup, bytes: size, page: "2m" });
  assert.deepEqual(await memory.outcome(), { 0: size });
  assert.deepEqual(await hugepages.outcome(), { 0: size });
  await cgroups.write(container, "cpuset.mems", "1");
  assert.deepEqual(await memory.whereNow(), { 1: size });
  assert.deepEqual(await hugepages.whereNow(), { 1: size });
});

// Linux 7.3 counts them where they are: until then what the kernel says of nodes is checked against what is mapped.
check(
  "before 7.3 the kernel counts hugepages on the node that they were moved from",
  "0",
  async (container, cgroup) => {
    const release = (await Deno.readTextFile("/proc/sys/kernel/osrelease")).trim();
    await using hugepages = new Workload({ cgroup, bytes: size, page: "2m" });
    await hugepages.outcome();
    await cgroups.write(container, "cpuset.mems", "1");
    assert.deepEqual(await hugepages.whereNow(), { 1: size });
    const stale = await cgroups.read(container, "hugetlb.2MB.numa_stat");
    const isRight = isKernelAtLeast(release, 7, 3);
    assert.match(stale, isRight ? new RegExp(`N0=0 N1=${size}`) : new RegExp(`N0=${size} N1=0`));
    const byNode = await new HugetlbNodes("/proc").read(cgroup, pageSize(2n << 20n));
    assert.deepEqual(byNode, { kind: "counted", bytes: new Map([[0, 0n], [1, BigInt(size)]]) });
  },
);

check("a pin that the pod does not have is not effective", "1", async (container) => {
  await cgroups.write("/pod", "cpuset.mems", "0");
  assert.equal(await cgroups.read(container, "cpuset.mems"), "1");
  assert.equal(await cgroups.read(container, "cpuset.mems.effective"), "0");
});

check("a node that the machine cannot have is refused", "", async (container) => {
  await assert.rejects(cgroups.write(container, "cpuset.mems", "7"), { code: "EINVAL" });
});
