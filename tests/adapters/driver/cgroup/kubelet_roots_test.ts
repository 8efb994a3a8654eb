import assert from "node:assert/strict";
import { kubeletRoots } from "../../../../adapters/driver/cgroup/kubelet_roots.ts";
import { withFiles } from "../sysfs/support.ts";

const below = (...names: string[]) => [...names, "kubepods"].join("/");
const nested = (depth: number) => below(...Array.from({ length: depth - 1 }, (_, index) => `${index}`));

for (
  const root of [
    "kubepods",
    "kubepods.slice",
    below("kubelet.slice"),
    below("system.slice", "kubelet.service"),
    "a.slice/a-b.slice/a-b-kubepods.slice",
    below("user.slice", "user-1000.slice", "user@1000.service", "k3s.service"),
    nested(10),
  ]
) {
  Deno.test(`a kubelet is found at ${root}`, () =>
    withFiles(
      { [`${root}/cgroup.procs`]: "", "system.slice/ssh.service/cgroup.procs": "" },
      async (mount) => {
        assert.deepEqual(await kubeletRoots(mount), [`/${root}`]);
      },
    ));
}

Deno.test("a kubelet is looked for ten levels deep and no deeper", () =>
  withFiles({ [`${nested(11)}/cgroup.procs`]: "" }, async (mount) => {
    assert.deepEqual(await kubeletRoots(mount), []);
  }));

Deno.test("of a node in a container of another node both kubelets show, the outer one first", () =>
  withFiles(
    {
      "kubepods/cgroup.procs": "",
      "docker/1/kubelet/kubepods/cgroup.procs": "",
      "docker/1/kubelet/kubepods/pod1/inner/kubepods/cgroup.procs": "",
    },
    async (mount) => assert.deepEqual(await kubeletRoots(mount), ["/kubepods", "/docker/1/kubelet/kubepods"]),
  ));

Deno.test("neither a name that only ends alike nor a link is a kubelet's root", () =>
  withFiles({ "notkubepods/cgroup.procs": "", "elsewhere/cgroup.procs": "" }, async (mount) => {
    await Deno.symlink(`${mount}/elsewhere`, `${mount}/kubepods`);
    assert.deepEqual(await kubeletRoots(mount), []);
  }));
