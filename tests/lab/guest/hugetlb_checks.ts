/** What the kernel does with the limits that the driver relies on, without the driver. */
import assert from "node:assert/strict";
import { KernelCgroups } from "./kernel_cgroups.ts";
import { runWorkload, Workload } from "./workload.ts";

const cgroups = new KernelCgroups();
const page = 2 << 20;
const size = 64 << 20;

/** A pod's cgroup without limits and a container's below it with the given ones, removed after the check. */
function check(
  name: string,
  limits: Readonly<Record<string, string | number>>,
  body: (container: string, cgroup: string) => Promise<void>,
): void {
  Deno.test(name, async () => {
    const container = "/pod/container";
    await cgroups.createUnlimited(container);
    try {
      for (const [file, value] of Object.entries(limits)) await cgroups.write(container, file, `${value}`);
      await body(container, cgroups.mount + container);
    } finally {
      await cgroups.remove("/pod");
    }
  });
}

check("a new cgroup is without limits, and the root has no limit files", {}, async (container) => {
  assert.equal(await cgroups.read(container, "hugetlb.2MB.max"), "max");
  assert.equal(await cgroups.read(container, "hugetlb.2MB.rsvd.max"), "max");
  assert.equal(await cgroups.read(container, "hugetlb.1GB.max"), "max");
  await assert.rejects(cgroups.read("/", "hugetlb.2MB.max"), Deno.errors.NotFound);
});

check(
  "a limit on usage alone lets more be mapped and then kills",
  { "hugetlb.2MB.max": size },
  async (_, cgroup) => {
    assert.equal(await runWorkload({ cgroup, bytes: size + page, page: "2m" }), "SIGBUS");
  },
);

check(
  "a limit on reservations alone refuses the mapping",
  { "hugetlb.2MB.rsvd.max": size },
  async (_, cgroup) => {
    assert.equal(await runWorkload({ cgroup, bytes: size + page, page: "2m" }), "ENOMEM");
  },
);

check(
  "a limit on reservations kills a mapping that reserves nothing, as its pages reserve when they are touched",
  { "hugetlb.2MB.rsvd.max": size },
  async (_, cgroup) => {
    assert.equal(await runWorkload({ cgroup, bytes: size + page, page: "2m", noReserve: true }), "SIGBUS");
  },
);

check("a limit is rounded down to whole pages", {}, async (container) => {
  await cgroups.write(container, "hugetlb.2MB.max", `${size + page - 1}`);
  assert.equal(await cgroups.read(container, "hugetlb.2MB.max"), `${size}`);
});

check("what is no number of bytes is refused", {}, async (container) => {
  await assert.rejects(cgroups.write(container, "hugetlb.2MB.max", "64 pages"), { code: "EINVAL" });
});

check("the limit of the pod binds its containers, and raising it is enough", {}, async (_, cgroup) => {
  for (const file of ["hugetlb.2MB.max", "hugetlb.2MB.rsvd.max"]) await cgroups.write("/pod", file, "0");
  assert.equal(await runWorkload({ cgroup, bytes: page, page: "2m" }), "ENOMEM");
  await cgroups.write("/pod", "hugetlb.2MB.rsvd.max", `${page}`);
  assert.equal(await runWorkload({ cgroup, bytes: page, page: "2m" }), "SIGBUS");
  await cgroups.write("/pod", "hugetlb.2MB.max", `${page}`);
  assert.equal(typeof await runWorkload({ cgroup, bytes: page, page: "2m" }), "object");
});

Deno.test("a pod whose parent does not enable the controller has no limit files", async () => {
  await Deno.mkdir(`${cgroups.mount}/bare/pod`, { recursive: true });
  try {
    await assert.rejects(cgroups.read("/bare/pod", "hugetlb.2MB.max"), Deno.errors.NotFound);
    await assert.rejects(cgroups.write("/bare/pod", "hugetlb.2MB.max", "0"), Deno.errors.NotFound);
  } finally {
    await cgroups.remove("/bare");
  }
});

check(
  "usage is counted where it is, by node, and not as memory",
  { "cpuset.mems": 1 },
  async (container, cgroup) => {
    await using workload = new Workload({ cgroup, bytes: size, page: "2m" });
    assert.deepEqual(await workload.outcome(), { 1: size });
    assert.equal(await cgroups.read(container, "hugetlb.2MB.current"), `${size}`);
    assert.equal(await cgroups.read(container, "hugetlb.2MB.rsvd.current"), `${size}`);
    assert.match(await cgroups.read(container, "hugetlb.2MB.numa_stat"), new RegExp(`N0=0 N1=${size}`));
    assert.ok(Number(await cgroups.read(container, "memory.current")) < size);
  },
);

check("a limit cannot be set below what is in use", {}, async (container, cgroup) => {
  await using workload = new Workload({ cgroup, bytes: size, page: "2m" });
  await workload.outcome();
  for (const file of ["hugetlb.2MB.max", "hugetlb.2MB.rsvd.max"]) {
    await assert.rejects(cgroups.write(container, file, `${size - page}`), { code: "EBUSY" });
    await cgroups.write(container, file, `${size}`);
  }
});

check("every refusal is counted as an event", { "hugetlb.2MB.max": 0 }, async (container, cgroup) => {
  await runWorkload({ cgroup, bytes: page, page: "2m" });
  assert.equal(await cgroups.read(container, "hugetlb.2MB.events"), "max 1");
  assert.equal(await cgroups.read(container, "hugetlb.2MB.events.local"), "max 1");
  assert.equal(await cgroups.read("/pod", "hugetlb.2MB.events"), "max 1");
  assert.equal(await cgroups.read("/pod", "hugetlb.2MB.events.local"), "max 0");
});
