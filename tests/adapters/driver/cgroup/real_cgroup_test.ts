import assert from "node:assert/strict";
import { HugetlbCgroups } from "../../../../adapters/driver/cgroup/hugetlb_cgroups.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { PodCgroupError } from "../../../../core/ports/pod_cgroup.ts";

const page2m = parsePageSize("2m");
const found = await findHierarchy();
const title = "the kernel's own cgroup files take the limits and give them back";

Deno.test({
  name: "reason" in found ? `${title} (skipped: ${found.reason})` : title,
  ignore: "reason" in found,
  fn: async () => {
    if ("reason" in found) return;
    const { mount } = found;
    await withController(mount, () => inCgroup(mount, (name) => check(mount, name)));
  },
});

async function check(mount: string, name: string): Promise<void> {
  const cgroups = new HugetlbCgroups(mount);
  assert.deepEqual(await cgroups.readHugetlb(`/${name}`, page2m), { usage: "max", reservation: "max" });

  await cgroups.writeHugetlb(`/${name}`, page2m, { usage: 64n << 20n, reservation: 128n << 20n });
  assert.deepEqual(await cgroups.readHugetlb(`/${name}`, page2m), {
    usage: 64n << 20n,
    reservation: 128n << 20n,
  });
  assert.equal(await Deno.readTextFile(`${mount}/${name}/hugetlb.2MB.max`), `${64 << 20}\n`);

  await cgroups.writeHugetlb(`/${name}`, page2m, { usage: 0n, reservation: "max" });
  assert.deepEqual(await cgroups.readHugetlb(`/${name}`, page2m), { usage: 0n, reservation: "max" });

  const foreign = cgroups.writeHugetlb(`/${name}`, parsePageSize("4k"), { usage: 0n, reservation: 0n });
  await assert.rejects(foreign, PodCgroupError);
}

async function inCgroup(mount: string, test: (name: string) => Promise<void>): Promise<void> {
  const name = `dramemory-test-${Deno.pid}`;
  await Deno.mkdir(`${mount}/${name}`);
  try {
    await test(name);
  } finally {
    await Deno.remove(`${mount}/${name}`);
  }
}

/** The cgroup v2 mount of this machine in which new cgroups have hugetlb limits, or why there is none to use. */
async function findHierarchy(): Promise<{ mount: string } | { reason: string }> {
  const mountinfo = await Deno.readTextFile("/proc/self/mountinfo");
  // The optional fields end with a dash; the file system's type follows it (proc_pid_mountinfo(5)).
  const mounts = mountinfo.split("\n").map((line) => line.split(" "))
    .filter((fields) => fields[fields.indexOf("-") + 1] === "cgroup2");
  const mount = mounts[0]?.[4];
  if (mount === undefined) return { reason: "no cgroup v2 hierarchy is mounted" };
  const controllers = await Deno.readTextFile(`${mount}/cgroup.controllers`);
  if (!controllers.split(/\s+/).includes("hugetlb")) {
    return { reason: `the hierarchy at ${mount} has no hugetlb controller` };
  }
  if (Deno.uid() !== 0) return { reason: "only root may make cgroups" };
  return { mount };
}

/** Runs a test while the children of the root have hugetlb limits, and leaves the machine as it was. */
async function withController(mount: string, test: () => Promise<void>): Promise<void> {
  const control = `${mount}/cgroup.subtree_control`;
  const enabled = (await Deno.readTextFile(control)).split(/\s+/).includes("hugetlb");
  if (!enabled) await Deno.writeTextFile(control, "+hugetlb");
  try {
    await test();
  } finally {
    if (!enabled) await Deno.writeTextFile(control, "-hugetlb");
  }
}
