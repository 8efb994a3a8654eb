import assert from "node:assert/strict";
import { join } from "node:path";
import { LimitBaseFile } from "../../../../adapters/driver/cgroup/limit_base_file.ts";
import { MemoryLimitCgroups } from "../../../../adapters/driver/cgroup/memory_limit_cgroups.ts";

async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a pod's cgroup and those above it are found, read and written, by either form of its name", async () => {
  await inDirectory(async (mount) => {
    const cgroups = new MemoryLimitCgroups(mount);
    const pod = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice";
    await Deno.mkdir(join(mount, pod), { recursive: true });
    await Deno.writeTextFile(join(mount, pod, "memory.max"), "max\n");
    assert.deepEqual(await cgroups.paths("kubepods-burstable-pod1.slice"), [
      "/kubepods.slice",
      "/kubepods.slice/kubepods-burstable.slice",
      pod,
    ]);
    assert.equal(await cgroups.readMemory(pod, "memory.max"), "max");
    await cgroups.writeMemory(pod, "memory.max", 5n);
    assert.equal(await cgroups.readMemory(pod, "memory.max"), 5n);
  });
});

Deno.test("a path that leads out of the hierarchy is not followed, and a missing cgroup is told apart", async () => {
  await inDirectory(async (directory) => {
    const mount = join(directory, "mount");
    await Deno.mkdir(mount);
    await Deno.symlink(directory, join(mount, "out"));
    const cgroups = new MemoryLimitCgroups(mount);
    for (const path of ["/out", "/../x", "/"]) {
      await assert.rejects(cgroups.readMemory(path, "memory.max"), {
        name: "PodCgroupError",
        isMissing: false,
      });
    }
    await assert.rejects(cgroups.paths("/gone"), { name: "PodCgroupError", isMissing: true });
  });
});

Deno.test("raised limits are there after a restart; a file that is none is told of, and nothing is known then", async () => {
  await inDirectory(async (directory) => {
    const path = join(directory, "plugin/memory-limits.json"), errors: string[] = [];
    const file = () => new LimitBaseFile(path, (message) => errors.push(message));
    assert.deepEqual(await file().load(), new Map());
    const limits = new Map([["/a/memory.max", { base: 5n, written: 1n << 60n }], ["container c", {
      base: "max" as const,
      written: 7n,
    }]]);
    await file().save(limits);
    assert.deepEqual(await file().load(), limits);
    assert.deepEqual(errors, []);
    await Deno.writeTextFile(path, '{"limits":{"a":{"base":"-1","written":"max"}}}');
    assert.deepEqual(await file().load(), new Map());
    assert.match(errors.join(), /^Cannot read .*memory-limits\.json: /);
  });
});
