import assert from "node:assert/strict";
import { connectToCluster } from "../../../adapters/driver/kubernetes/connect.ts";
import { twoNuma, writeSampleMachine } from "../../../adapters/simulator/machine/sample_machine.ts";
import { SimulatedCluster } from "../../../adapters/simulator/simulated_cluster.ts";
import { Driver } from "../../../cmd/daemon/driver.ts";
import { driverName } from "../../../core/values/driver.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { scheduledClaim } from "../../faults/objects.ts";
import { nodeName } from "../../faults/tested_node.ts";

Deno.test("a claim's limits of memory reach the simulated container's cgroup, and its pod's as far as it has one", async () => {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  const cluster = new SimulatedCluster(directory, [parsePageSize("2m")]);
  const roots = { sysfsRoot: `${directory}/sys`, procfsRoot: `${directory}/proc` };
  await writeSampleMachine(twoNuma, roots.sysfsRoot, roots.procfsRoot);
  await cluster.start(nodeName);
  const driver = new Driver({
    ...cluster.paths,
    ...roots,
    nodeName,
    bindAddress: "127.0.0.1:0",
    runDir: `${directory}/run`,
    bootId: "boot",
    isUnified: true,
  }, await connectToCluster({ kubeconfig: cluster.paths.kubeconfig }));
  try {
    await driver.start();
    await cluster.kubelet.registered(driverName);
    await cluster.runtime.pluginConnected();
    const { pod, ...claim } = scheduledClaim({ cluster }, "limited", {
      device: "memory-numa1",
      memoryConfig: { limits: { max: "claim", highPercent: 75, minPercent: 50 } },
    });
    const outcome = (await cluster.kubelet.prepare(driverName, [claim])).get(claim.uid);
    assert.ok(outcome?.kind === "prepared", JSON.stringify(outcome));
    const cdiDevices = outcome.devices.flatMap(({ cdiDeviceIds }) => cdiDeviceIds);
    const sandbox = await cluster.runtime.runPod(pod);
    const { cgroup } = await cluster.runtime.createContainer(sandbox, { name: "app", cdiDevices });
    const read = (path: string) =>
      Promise.all(["max", "high", "low", "min"].map((file) => cluster.cgroups.read(path, `memory.${file}`)));
    assert.deepEqual(await read(cgroup), [`${64 << 20}`, `${48 << 20}`, "0", `${32 << 20}`]);
    assert.deepEqual(await read(sandbox.linux?.cgroupParent ?? ""), ["max", "max", "0", `${32 << 20}`]);
  } finally {
    await driver.stop();
    await cluster.stop();
    await Deno.remove(directory, { recursive: true });
  }
});
