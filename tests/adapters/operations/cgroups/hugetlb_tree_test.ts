import assert from "node:assert/strict";
import { type HugetlbCgroup, readHugetlbTree } from "../../../../adapters/operations/cgroups/hugetlb_tree.ts";
import { podUid } from "../../../../core/values/ids.ts";
import { withFiles } from "../../driver/sysfs/support.ts";
import { hugetlbFiles, otherUid, uid, withKubeletTree } from "../../driver/cgroup/tree.ts";
import { OperatorError } from "../../../../core/values/operator_error.ts";

Deno.test("the kubelet's tree is read down to the containers, and nothing beside it", () =>
  withKubeletTree(async (mount) => {
    assert.deepEqual(paths(await readHugetlbTree(mount)), [
      "/kubepods",
      "/kubepods/burstable",
      `/kubepods/burstable/pod${uid}`,
      `/kubepods/burstable/pod${uid}/abc`,
      `/kubepods/pod${otherUid}`,
    ]);
  }));

Deno.test("of one pod, what is above and below it is read", () =>
  withKubeletTree(async (mount) => {
    assert.deepEqual(paths(await readHugetlbTree(mount, podUid(otherUid))), [
      "/kubepods",
      `/kubepods/pod${otherUid}`,
    ]);
  }));

Deno.test("a cgroup has its counts by size; what the kernel gives new cgroups is no limit", () =>
  withKubeletTree(async (mount) => {
    const [root] = await readHugetlbTree(mount);
    assert.deepEqual(root?.sizes.map(({ limit }) => limit), ["max", "max"]);
    const pod = root?.children[0]?.children[0];
    assert.deepEqual(pod?.sizes[0], {
      pageSize: 2n << 20n,
      limit: 64n << 20n,
      reservationLimit: 64n << 20n,
      current: 8n << 20n,
      reserved: 8n << 20n,
      limitHits: 3n,
      belowZero: [],
    });
    assert.equal(pod?.pod, uid);
  }));

Deno.test("what the kernel does not tell is unknown, and the rest is not", () =>
  withFiles({ "kubepods/hugetlb.2MB.max": "0\n", "kubepods/hugetlb.2MB.current": "what?" }, async (mount) => {
    const [root] = await readHugetlbTree(mount);
    assert.deepEqual(root?.sizes, [{
      pageSize: 2n << 20n,
      limit: 0n,
      reservationLimit: undefined,
      current: undefined,
      reserved: undefined,
      limitHits: undefined,
      belowZero: [],
    }]);
  }));

for (
  const root of [
    "kubepods.slice",
    "kubelet/kubepods",
    "kubelet.slice/kubelet-kubepods.slice",
    "system.slice/docker-1.scope/kubepods.slice",
    "a/b/c/d/kubepods",
    "user.slice/user-1000.slice/user@1000.service/user.slice/docker-1.scope/kubelet.slice/kubelet-kubepods.slice",
  ]
) {
  Deno.test(`the kubelet's cgroups are found in ${root}`, () =>
    withFiles(hugetlbFiles(root, "2MB", { max: "max" }), async (mount) => {
      assert.deepEqual(paths(await readHugetlbTree(mount)), [`/${root}`]);
    }));
}

Deno.test("no link is followed, of a cgroup or of a file", () =>
  withFiles(
    { "secret/hugetlb.2MB.max": "42\n", "mount/kubepods/hugetlb.2MB.max": "max\n" },
    async (directory) => {
      const mount = `${directory}/mount`;
      await Deno.symlink(`${directory}/secret`, `${mount}/kubepods/pod${uid}`);
      await Deno.symlink(`${directory}/secret/hugetlb.2MB.max`, `${mount}/kubepods/hugetlb.1GB.max`);
      const trees = await readHugetlbTree(mount);
      assert.deepEqual(paths(trees), ["/kubepods"]);
      assert.deepEqual(trees[0]?.sizes.map(({ limit }) => limit), ["max", undefined]);
    },
  ));

Deno.test("without a kubelet, a mount or the pod the error says what to do", () =>
  withKubeletTree(async (mount) => {
    const failing = (pattern: RegExp) => (error: unknown) =>
      error instanceof OperatorError && pattern.test(error.message);
    await assert.rejects(readHugetlbTree(`${mount}/system.slice`), failing(/--cgroup-mount/));
    await assert.rejects(readHugetlbTree(`${mount}/none`), failing(/--cgroup-mount/));
    await assert.rejects(readHugetlbTree(mount, podUid("x")), failing(/metadata\.uid/));
  }));

function paths(cgroups: readonly HugetlbCgroup[]): string[] {
  return cgroups.flatMap(({ path, children }) => [path, ...paths(children)]);
}
