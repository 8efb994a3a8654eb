import assert from "node:assert/strict";
import { checkCgroups } from "../../../../core/operations/validate/cgroup_checks.ts";
import { problems } from "../../../core/operations/validate/facts.ts";
import { CgroupMachine, type MountTable, v2Files } from "../../driver/cgroup/hierarchies.ts";

const unified = (controllers: string) => ({
  "unified/cgroup.controllers": `${controllers}\n`,
  "unified/cgroup.subtree_control": `${controllers}\n`,
  "unified/kubepods/cgroup.subtree_control": `${controllers}\n`,
  "hugetlb/tasks": "",
});

/** What each layout comes to, without a --cgroup-mount. */
const layouts: Record<string, [MountTable, Record<string, string>, string[]]> = {
  "cgroup v2 alone": ["pure v2", v2Files, []],
  "the host's hierarchy in a container": ["container", v2Files, []],
  "a hybrid with hugetlb in v2": ["hugetlb in v2", unified("hugetlb"), ["warn cgroup-layout"]],
  "a hybrid with hugetlb in v1": [
    "hugetlb in v1",
    unified(""),
    ["warn cgroup-layout", "fatal cgroup-controllers"],
  ],
  "cgroup v1 alone": ["v1 only", unified(""), ["fatal cgroup-hierarchy"]],
  "hugepages that count as memory": ["accounting", v2Files, ["fatal cgroup-accounting"]],
  "a kubelet without hugetlb": [
    "pure v2",
    { ...v2Files, "kubepods.slice/cgroup.subtree_control": "cpuset cpu memory pids\n" },
    ["fail cgroup-delegation"],
  ],
};
for (const [layout, [table, files, expected]] of Object.entries(layouts)) {
  const title = expected.length === 0 ? "passes" : expected.join(", ");
  Deno.test(`${layout}: ${title}`, async () => {
    await using machine = await CgroupMachine.with(table, files);
    assert.deepEqual(problems(checkCgroups(await machine.facts())), expected);
  });
}

Deno.test("without a name the cgroup2 mount that carries hugetlb is taken", async () => {
  await using machine = await CgroupMachine.with("hugetlb in v2", unified("hugetlb"));
  const { place, named, mounts } = await machine.facts();
  assert(place.kind === "v2");
  assert.deepEqual([place.path, place.controllers, named], [`${machine.mount}/unified`, ["hugetlb"], false]);
  assert.deepEqual(
    mounts.map(({ version, controllers }) => [version, ...controllers]),
    [[2, "hugetlb"], [1, "cpuset"], [1, "memory"], [1]],
  );
});

const names: Record<string, [(machine: CgroupMachine) => string, string]> = {
  "the directory that hierarchies are mounted in": [({ mount }) => mount, "directory"],
  "a plain directory": [({ root }) => root, "directory"],
  "a hierarchy of v1": [({ mount }) => `${mount}/hugetlb`, "v1"],
  "a cgroup of v1": [({ mount }) => `${mount}/hugetlb/pods`, "v1"],
  "a hierarchy of v2": [({ mount }) => `${mount}/unified`, "v2"],
  "a cgroup of v2": [({ mount }) => `${mount}/unified/kubepods`, "v2"],
  "nothing": [({ mount }) => `${mount}/no`, "missing"],
  "a file": [({ mount }) => `${mount}/unified/cgroup.controllers`, "missing"],
  "the hierarchy, by a link": [({ root }) => `${root}/link`, "v2"],
};
for (const [what, [path, kind]] of Object.entries(names)) {
  Deno.test(`--cgroup-mount that names ${what}: ${kind}`, async () => {
    const files = { ...unified("hugetlb"), "hugetlb/pods/tasks": "" };
    await using machine = await CgroupMachine.with("hugetlb in v1", files);
    await Deno.symlink(`${machine.mount}/unified`, `${machine.root}/link`);
    const { place, named } = await machine.facts(path(machine));
    assert.deepEqual([place.kind, named], [kind, true]);
  });
}

Deno.test("an empty --cgroup-mount wants no hierarchy, whatever is there", async () => {
  await using machine = await CgroupMachine.with("v1 only", {});
  assert.equal((await machine.facts("")).place.kind, "unused");
});

Deno.test("without a mount table, as in a copied /proc, nothing is claimed", async () => {
  await using machine = await CgroupMachine.with("pure v2", v2Files);
  await Deno.remove(`${machine.root}/proc/self/mountinfo`);
  assert.equal((await machine.facts()).place.kind, "unknown");
});

const kubelets: Record<string, string[]> = {
  "kubepods": ["/", "/kubepods"],
  "kubepods.slice": ["/", "/kubepods.slice"],
  "kubelet/kubepods": ["/", "/kubelet", "/kubelet/kubepods"],
  "kubelet.slice/kubelet-kubepods.slice": ["/", "/kubelet.slice", "/kubelet.slice/kubelet-kubepods.slice"],
  "a/b/kubepods": ["/", "/a", "/a/b", "/a/b/kubepods"],
};
for (const [path, expected] of Object.entries(kubelets)) {
  Deno.test(`the kubelet's cgroup is found at ${path}`, async () => {
    const files = { "cgroup.controllers": "hugetlb", [`${path}/cgroup.subtree_control`]: "hugetlb\n" };
    await using machine = await CgroupMachine.with("pure v2", { ...files, "other/cgroup.procs": "" });
    const { place } = await machine.facts();
    assert(place.kind === "v2");
    assert.deepEqual(place.kubelet?.map(({ path }) => path), expected);
    assert.deepEqual(place.kubelet?.at(-1)?.subtreeControl, ["hugetlb"]);
  });
}

Deno.test("of the kubelet's classes of service those with pods are looked at, by the names of either cgroup driver", async () => {
  for (
    const [root, empty, full, pod] of [
      ["kubepods", "burstable", "besteffort", "pod5d0c3a52-7f0e-4f25-9d43-0e0a4c1f7b11"],
      [
        "kubepods.slice",
        "kubepods-burstable.slice",
        "kubepods-besteffort.slice",
        "kubepods-besteffort-pod5d0c3a52_7f0e_4f25_9d43_0e0a4c1f7b11.slice",
      ],
    ]
  ) {
    await using machine = await CgroupMachine.with("pure v2", {
      "cgroup.controllers": "hugetlb",
      [`${root}/pod6d0c3a52-7f0e-4f25-9d43-0e0a4c1f7b11/container/cgroup.procs`]: "",
      [`${root}/${empty}/cgroup.subtree_control`]: "",
      [`${root}/${full}/cgroup.subtree_control`]: "memory\n",
      [`${root}/${full}/${pod}/cgroup.procs`]: "",
    });
    const { place } = await machine.facts();
    assert(place.kind === "v2");
    assert.deepEqual(place.classes, [{ path: `/${root}/${full}`, subtreeControl: ["memory"] }]);
  }
});

Deno.test("a cgroup that only ends like the kubelet's is another's", async () => {
  await using machine = await CgroupMachine.with("pure v2", { "notkubepods/cgroup.procs": "" });
  const { place } = await machine.facts();
  assert(place.kind === "v2");
  assert.equal(place.kubelet, undefined);
});
