/** The executable under test with containerd and runc. */
import assert from "node:assert/strict";
import { containerd } from "./containerd.ts";
import { Cri } from "./cri.ts";
import { KernelCgroups } from "./kernel_cgroups.ts";

Deno.test("containers of this machine are run by containerd, set up by the executable under test", async () => {
  const cgroups = new KernelCgroups();
  await Deno.mkdir("/run/cri", { recursive: true });
  const cri = new Cri("/run/cri");
  await containerd.configure();
  await containerd.start();
  const pod = {
    name: "pod",
    namespace: "default",
    uid: crypto.randomUUID(),
    cgroup: "/kubepods/burstable/pod1",
  };
  await cgroups.create(pod.cgroup);
  const sandbox = await cri.runPod(pod);
  const container = await cri.startContainer(sandbox, { name: "main" });
  const path = (await Deno.readTextFile(`/proc/${await cri.processOf(container)}/cgroup`)).trim();
  assert.equal(path, `0::${pod.cgroup}/${container}`);
  assert.match(await cri.exec(container, "/workload", "--bytes", "4Ki"), /"nodes":/);
  await cri.removePod(sandbox);
  await containerd.stop();
});
