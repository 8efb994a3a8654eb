/** The promises of a claim, kept by the executable under test between the simulated components. */
import assert from "node:assert/strict";
import { DriverCluster } from "./driver_cluster.ts";
import { checkOrdinaryPod } from "./ordinary_pod_promises.ts";
import { checkStatus } from "./status_promises.ts";
import { checkHugepages, checkPressure, checkPromises, hugepages } from "./placement_promises.ts";

Deno.test("the driver keeps what a claim promises", async (t) => {
  const cluster = new DriverCluster();
  await cluster.open();
  try {
    await checkPromises(t, cluster);

    await t.step("limits outlive the driver, and so does the claim's container", async () => {
      const pod = await cluster.preparePod([hugepages]);
      const { sandbox, cdiDevices } = pod;
      const { cgroup } = await cluster.runtime.createContainer(sandbox, { name: "main", cdiDevices });
      await cluster.claims.daemon.kill();
      await checkHugepages(cluster.cgroups.mount + cgroup);
      await cluster.claims.startDriver();
      await checkHugepages(cluster.cgroups.mount + cgroup);
      await assert.rejects(
        cluster.runtime.createContainer(sandbox, { name: "second", cdiDevices }),
        /owned by container main/,
      );
      await cluster.removePod(pod);
    });

    await t.step("pages that an ordinary pod may still take are not promised to a claim", () => {
      return checkOrdinaryPod(cluster);
    });

    await t.step("status has what the kernel has, and marks what somebody changed by hand", () => {
      return checkStatus(cluster);
    });

    await t.step("memory claimed on node 0 stays there when node 0 runs out", () => checkPressure(cluster));
  } finally {
    await cluster.close();
  }
});
