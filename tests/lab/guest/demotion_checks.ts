/** What the kernel's demotion does to a pin, without the driver, and that the driver warns of it. */
import assert from "node:assert/strict";
import { isKernelAtLeast } from "../../../core/values/kernel_version.ts";
import { KernelCgroups } from "./kernel_cgroups.ts";
import { Workload } from "./workload.ts";

const cgroups = new KernelCgroups();
const size = 64 << 20, reclaimed = 32 << 20;

/** Runs something while demotion is on. */
async function withDemotion(body: () => Promise<void>): Promise<void> {
  const setting = "/sys/kernel/mm/numa/demotion_enabled";
  await Deno.writeTextFile(setting, "true");
  try {
    await body();
  } finally {
    await Deno.writeTextFile(setting, "false");
  }
}

Deno.test("before 6.16 memory that a pinned container gives up goes to the slower node", async () => {
  const release = await Deno.readTextFile("/proc/sys/kernel/osrelease");
  await cgroups.createUnlimited("/container");
  try {
    await cgroups.write("/container", "cpuset.mems", "0");
    await using memory = new Workload({ cgroup: `${cgroups.mount}/container`, bytes: size, page: "base" });
    assert.deepEqual(await memory.outcome(), { 0: size });
    await withDemotion(() => cgroups.write("/container", "memory.reclaim", `${reclaimed}`));
    const nodes = await memory.whereNow();
    assert(typeof nodes === "object");
    if (isKernelAtLeast(release, 6, 16)) assert.deepEqual(nodes, { 0: size });
    else assert.ok((nodes[2] ?? 0) >= reclaimed / 2, JSON.stringify(nodes));
  } finally {
    await cgroups.remove("/container");
  }
});

Deno.test("validate warns while demotion is on", async () => {
  await withDemotion(async () => assert.match(await validate(), /^! +memory-demotion +demotion is on/m));
  assert.doesNotMatch(await validate(), /memory-demotion/);
});

/** What `dramemory validate` prints: without a kubelet and a runtime some of its checks fail. */
async function validate(): Promise<string> {
  const { stdout } = await new Deno.Command("dramemory", {
    args: ["validate"],
    signal: AbortSignal.timeout(60_000),
  }).output();
  return new TextDecoder().decode(stdout);
}
