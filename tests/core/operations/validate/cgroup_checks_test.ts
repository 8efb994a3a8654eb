import assert from "node:assert/strict";
import { checkCgroups } from "../../../../core/operations/validate/cgroup_checks.ts";
import type { CgroupFacts, CgroupPlace } from "../../../../core/operations/ports/cgroup_facts.ts";
import { cgroupsWith, outcomes, problems, v1Mount, v2Mount, v2Place } from "./facts.ts";

Deno.test("a node with cgroup v2 alone and a kubelet passes every check of its cgroups", () => {
  assert.deepEqual(outcomes(checkCgroups(cgroupsWith({}))), [
    "pass cgroup-hierarchy",
    "pass cgroup-layout",
    "pass cgroup-controllers",
    "pass cgroup-accounting",
    "pass cgroup-delegation",
    "pass cgroup-writable",
  ]);
});

Deno.test("a hybrid layout with hugetlb in cgroup v2 is a warning that lists what is in v1", () => {
  const place = { controllers: ["hugetlb"], kubelet: [{ path: "/kubepods", subtreeControl: ["hugetlb"] }] };
  const results = checkCgroups(
    cgroupsWith(place, v1Mount("cpu", "cpuacct"), v1Mount("memory"), v1Mount("cpuset")),
  );
  assert.deepEqual(problems(results), ["warn cgroup-layout"]);
  const [layout] = results.filter(({ name }) => name === "cgroup-layout");
  assert.equal(layout?.message, "hybrid: hugetlb in cgroup v2; in cgroup v1 cpu, cpuacct, memory, cpuset");
});

Deno.test("a controller of cgroup v1 whose hierarchy is mounted in two places is listed once", () => {
  const results = checkCgroups(cgroupsWith({ controllers: ["hugetlb"] }, v1Mount("cpu"), v1Mount("cpu")));
  const [layout] = results.filter(({ name }) => name === "cgroup-layout");
  assert.equal(layout?.message, "hybrid: hugetlb in cgroup v2; in cgroup v1 cpu");
});

Deno.test("a hierarchy of cgroup v1 without controllers, as systemd has one, makes no hybrid layout", () => {
  assert.deepEqual(problems(checkCgroups(cgroupsWith({}, v1Mount()))), []);
});

Deno.test("hugetlb in cgroup v1 keeps the daemon from starting, and it is said where", () => {
  const results = checkCgroups(
    cgroupsWith({ controllers: [], kubelet: [] }, v1Mount("hugetlb"), v1Mount("cpuset"), v1Mount("memory")),
  );
  assert(problems(results).includes("fatal cgroup-controllers"));
  const [controllers] = results.filter(({ name }) => name === "cgroup-controllers");
  assert.match(controllers?.message ?? "", /in cgroup v1, at \/sys\/fs\/cgroup\/hugetlb$/);
});

const missingControllers: Record<string, [string[], string]> = {
  "hugetlb": [["cpuset", "memory"], "fatal cgroup-controllers"],
  "cpuset": [["hugetlb", "memory"], "fatal cgroup-controllers"],
  "memory": [["hugetlb", "cpuset"], "fail cgroup-controllers"],
};
for (const [missing, [controllers, outcome]] of Object.entries(missingControllers)) {
  Deno.test(`a kernel without the ${missing} controller: ${outcome}`, () => {
    assert(problems(checkCgroups(cgroupsWith({ controllers }))).includes(outcome));
  });
}

Deno.test("hugepages that count as memory keep the daemon from starting; the fix keeps the other options", () => {
  const options = ["rw", "nsdelegate", "memory_recursiveprot", "memory_hugetlb_accounting"];
  const [result] = checkCgroups(cgroupsWith({ options })).filter(({ outcome }) => outcome !== "pass");
  assert(result?.outcome === "fail" && result.fatal && result.name === "cgroup-accounting");
  assert.match(result.fix, /^mount -o remount,nsdelegate,memory_recursiveprot cgroup2 \/sys\/fs\/cgroup,/);
});

Deno.test("a cgroup above the pods that does not hand hugetlb down is named, with the command that mends it", () => {
  const kubelet = [
    { path: "/", subtreeControl: ["cpuset", "memory", "hugetlb"] },
    { path: "/kubepods.slice", subtreeControl: ["cpuset", "memory"] },
  ];
  const [result] = checkCgroups(cgroupsWith({ kubelet })).filter(({ outcome }) => outcome !== "pass");
  assert(result?.outcome === "fail" && !result.fatal && result.name === "cgroup-delegation");
  assert.match(
    result.fix,
    /^echo "\+hugetlb" >\/sys\/fs\/cgroup\/kubepods.slice\/cgroup.subtree_control, then restart the kubelet$/,
  );
});

Deno.test("a class of service that does not hand hugetlb on to its pods is told like the cgroups above it", () => {
  const classes = [{
    path: "/kubepods.slice/kubepods-burstable.slice",
    subtreeControl: ["cpuset", "memory"],
  }];
  const [result] = checkCgroups(cgroupsWith({ classes })).filter(({ outcome }) => outcome !== "pass");
  assert.equal(
    result?.message,
    "pods have no hugetlb files: /sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/cgroup.subtree_control lacks it",
  );
});

Deno.test("a node without the kubelet's cgroup is a warning: the kubelet may not have started yet", () => {
  assert.deepEqual(problems(checkCgroups(cgroupsWith({ kubelet: undefined }))), ["warn cgroup-delegation"]);
});

Deno.test("a hierarchy that cannot be written keeps the daemon from starting", () => {
  const facts = cgroupsWith({ notWritable: "read-only file system" });
  assert.deepEqual(problems(checkCgroups(facts)), ["fatal cgroup-writable"]);
});

const places: Record<string, [CgroupPlace, Partial<CgroupFacts>, string]> = {
  "none, as wished": [{ kind: "unused" }, {}, "warn"],
  "one whose mounts cannot be read": [{ kind: "unknown", path: "/c", reason: "not found" }, {}, "warn"],
  "one that is not there": [{ kind: "missing", path: "/c" }, {}, "fatal"],
  "cgroup v1": [{ kind: "v1", path: "/c" }, {}, "fatal"],
  "a plain directory that somebody named": [{ kind: "directory", path: "/c" }, { named: true }, "fail"],
  "a plain directory that nobody named": [{ kind: "directory", path: "/c" }, {}, "fatal"],
  "the directory that hierarchies are mounted in": [
    { kind: "directory", path: "/sys/fs/cgroup" },
    { named: true, mounts: [v1Mount("memory")] },
    "fatal",
  ],
};
for (const [description, [place, more, outcome]] of Object.entries(places)) {
  Deno.test(`in the place of a hierarchy ${description}: ${outcome}, and nothing else is checked`, () => {
    const results = checkCgroups({ place, named: false, mounts: [], ...more });
    assert.deepEqual(outcomes(results), [`${outcome} cgroup-hierarchy`]);
  });
}

Deno.test("where another mount is the right one, it is named", () => {
  const right = v2Mount({ ...v2Place, path: "/sys/fs/cgroup/unified" });
  const [result] = checkCgroups({
    place: { kind: "v1", path: "/sys/fs/cgroup/memory" },
    named: true,
    mounts: [v1Mount("memory"), right],
  });
  assert(result?.outcome === "fail");
  assert.equal(result.fix, "use --cgroup-mount=/sys/fs/cgroup/unified");
});
