import assert from "node:assert/strict";
import { hugetlbFiles, kubeletTree, otherUid, uid, withKubeletTree } from "../adapters/driver/cgroup/tree.ts";
import { withFiles } from "../adapters/driver/sysfs/support.ts";
import { dramemory } from "./dramemory.ts";

Deno.test("cgroups shows the tree, and says which sizes it left out", () =>
  withKubeletTree(async (mount) => {
    const { code, stdout } = await dramemory("cgroups", "--cgroup-mount", mount);
    assert.equal(code, 0);
    assert.equal(
      stdout.replaceAll(/  +/g, "  ").trim(),
      [
        "CGROUP  PAGE  LIMIT  RESERVATION LIMIT  CURRENT  RESERVED  LIMIT MET",
        "/kubepods  2Mi  max  max  8Mi  8Mi  0",
        "  burstable  2Mi  max  max  8Mi  8Mi  0",
        `  pod${uid}  2Mi  64Mi  64Mi  8Mi  8Mi  3`,
        "  abc  2Mi  64Mi  64Mi  8Mi  8Mi  3",
        `  pod${otherUid}  2Mi  0  0  0  0  0`,
        "No pod may use or has tried to use pages of 1Gi",
      ].join("\n"),
    );
  }));

const pod = `kubepods/besteffort/pod${uid}`, none = "No pod may use or has tried to use pages of 2Mi";
const trees: Record<string, [boolean, Record<string, string>]> = {
  "no limit on the way is set": [true, {
    ...hugetlbFiles("kubepods", "2MB", { max: "max" }),
    ...hugetlbFiles(pod, "2MB", { max: "max" }),
    ...hugetlbFiles(`${pod}/abc`, "2MB", { max: "max" }),
  }],
  "the pod's limit is as the kernel gives it to a new cgroup": [
    true,
    hugetlbFiles(pod, "2MB", { max: "9223372036854771712" }),
  ],
  "the pod may use pages and its container may not": [true, {
    ...hugetlbFiles(pod, "2MB", { max: "max" }),
    ...hugetlbFiles(`${pod}/abc`, "2MB", { max: "0" }),
  }],
  "what limits reservations cannot be read": [true, { [`${pod}/hugetlb.2MB.max`]: "max\n" }],
  "a container has a limit, but its pod none to give": [false, {
    ...hugetlbFiles(pod, "2MB", { max: "0" }),
    ...hugetlbFiles(`${pod}/abc`, "2MB", { max: "max" }),
  }],
  "the kubelet's root gives nothing": [false, {
    ...hugetlbFiles("kubepods", "2MB", { max: "0" }),
    ...hugetlbFiles(pod, "2MB", { max: "max" }),
  }],
  "pages may be used that cannot be reserved": [
    false,
    hugetlbFiles(pod, "2MB", { max: "max", rsvdMax: "0" }),
  ],
  "there is no pod yet": [true, {
    ...hugetlbFiles("kubepods", "2MB", { max: "max" }),
    ...hugetlbFiles("kubepods/besteffort", "2MB", { max: "max" }),
  }],
  "there is no pod, and the kubelet's root gives nothing": [
    false,
    hugetlbFiles("kubepods", "2MB", { max: "0" }),
  ],
};
for (const [what, [shown, files]] of Object.entries(trees)) {
  Deno.test(`cgroups ${shown ? "shows" : "leaves out"} a size when ${what}`, () =>
    withFiles(files, async (mount) => {
      const { stdout } = await dramemory("cgroups", "--cgroup-mount", mount);
      assert.equal(stdout.includes(none), !shown, stdout);
    }));
}

Deno.test("cgroups -o json has every size, in bytes, and of one pod what is above and below", () =>
  withKubeletTree(async (mount) => {
    const { stdout } = await dramemory("cgroups", "--cgroup-mount", mount, "--pod", uid, "-o", "json");
    const [root, ...others] = JSON.parse(stdout);
    assert.deepEqual(others, []);
    assert.equal(root.children.length, 1);
    const [pod] = root.children[0].children;
    assert.equal(pod.pod, uid);
    assert.deepEqual(
      pod.hugetlb.map(({ pageSize, limit }: { pageSize: number; limit: number }) => [pageSize, limit]),
      [
        [2 << 20, 64 << 20],
        [1 << 30, 0],
      ],
    );
  }));

Deno.test("cgroups fails with what to do where there is no kubelet", () =>
  withKubeletTree(async (mount) => {
    const { code, stderr } = await dramemory("cgroups", "--cgroup-mount", `${mount}/none`);
    assert.equal(code, 1);
    assert.match(stderr, /--cgroup-mount/);
  }));

Deno.test("a pod is taken by its namespace and name as well, by the directories of its logs", () =>
  withKubeletTree((mount) =>
    withFiles(
      { [`default_database_${uid}/server/0.log`]: "", "default_gone_u1/server/0.log": "" },
      async (logs) => {
        const run = (pod: string) =>
          dramemory("cgroups", "--cgroup-mount", mount, "--pod-logs", logs, "--pod", pod, "-o", "json");
        const [byName, byUid, gone, unknown] = await Promise.all(
          ["default/database", uid, "default/gone", "default/data"].map(run),
        );
        assert.equal(byName?.code, 0);
        assert.equal(byName.stdout, byUid?.stdout);
        assert.match(
          gone?.stderr ?? "",
          /^Cannot find the cgroup of pod "default\/gone" .* runs no longer$/m,
        );
        assert.match(unknown?.stderr ?? "", /^Cannot find pod "default\/data" on this node: .*--pod-logs/);
      },
    )
  ));

Deno.test("a count of the kernel's that went below zero is said, and no figure", () =>
  withFiles({
    ...kubeletTree(),
    ...hugetlbFiles(`kubepods/pod${otherUid}`, "2MB", { max: "0", current: "18446744073707454464" }),
  }, async (mount) => {
    const { stdout } = await dramemory("cgroups", "--cgroup-mount", mount);
    assert.match(stdout, new RegExp(`pod${otherUid} +2Mi +0 +0 +below 0 +below 0 +0$`, "m"));
    assert.match(stdout, /^Below 0: the kernel took off more than it had added/m);
    assert.doesNotMatch(stdout, /1844674407370/);
    const json = await dramemory("cgroups", "--cgroup-mount", mount, "--pod", otherUid, "-o", "json");
    assert.equal(JSON.parse(json.stdout)[0].children[0].hugetlb[0].current, null);
  }));
