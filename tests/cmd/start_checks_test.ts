import assert from "node:assert/strict";
import { requireCgroups } from "../../cmd/daemon/start_checks.ts";
import { CgroupMachine, type MountTable, v2Files } from "../adapters/driver/cgroup/hierarchies.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

async function start(machine: CgroupMachine, cgroupMount?: string): Promise<string> {
  return (await cgroups(machine, cgroupMount)).cgroupMount;
}

function cgroups({ root }: CgroupMachine, cgroupMount?: string) {
  return requireCgroups({ procfsRoot: `${root}/proc`, ...cgroupMount !== undefined && { cgroupMount } });
}

Deno.test("whether every controller is in cgroup v2 is known, as runtimes refuse files of cgroup v2 elsewhere", async () => {
  const hybrid = { "unified/cgroup.controllers": "hugetlb\n", "unified/cgroup.subtree_control": "hugetlb\n" };
  await using pure = await CgroupMachine.with("pure v2", v2Files);
  await using mixed = await CgroupMachine.with("hugetlb in v2", hybrid);
  await pure.write("demo/cgroup/readme", "");
  assert.equal((await cgroups(pure)).isUnified, true);
  assert.equal((await cgroups(mixed)).isUnified, false);
  assert.equal((await cgroups(pure, `${pure.root}/demo/cgroup`)).isUnified, false);
});

Deno.test("the daemon takes the hierarchy that carries hugetlb, unless told otherwise", async () => {
  await using machine = await CgroupMachine.with("pure v2", v2Files);
  assert.equal(await start(machine), machine.mount);
  assert.equal(await start(machine, ""), "");
});

Deno.test("a plain directory that is named, as in the demo and the tests, lets the daemon start", async () => {
  await using machine = await CgroupMachine.with("pure v2", v2Files);
  await machine.write("demo/cgroup/readme", "");
  assert.equal(await start(machine, `${machine.root}/demo/cgroup`), `${machine.root}/demo/cgroup`);
});

const obstacles: Partial<Record<MountTable, RegExp>> = {
  "accounting": /^Cannot run on this node: .* memory_hugetlb_accounting now: .* \(mount -o remount,/,
  "hugetlb in v1":
    /^Cannot run on this node: .* no hugetlb controller: it is in cgroup v1, at .* \(boot with /,
  "v1 only": /^Cannot run on this node: no cgroup v2 hierarchy is mounted \(boot with /,
};
for (const [table, message] of Object.entries(obstacles)) {
  Deno.test(`a node with the mounts "${table}": the daemon says why it cannot run there`, async () => {
    const files = table === "accounting"
      ? v2Files
      : { "unified/cgroup.controllers": "\n", "hugetlb/tasks": "" };
    await using machine = await CgroupMachine.with(table as MountTable, files);
    await assert.rejects(start(machine), (error) => {
      assert(error instanceof OperatorError);
      assert.match(error.message.split("\n")[0] ?? "", message);
      return true;
    });
  });
}
