import assert from "node:assert/strict";
import { delay } from "./delay.ts";
import type { DriverCluster } from "./driver_cluster.ts";
import { checkHugepages, hugepages } from "./placement_promises.ts";
import { Workload } from "./workload.ts";

const page = 2 << 20, limit = 40 * page;
const pod = "/kubepods/pod1d12f480-873c-488c-8f77-02fdeaf6711a";

/**
 * Checks that a claim is refused as long as a pod without claims may still take its pages by its limits, whether it has
 * reserved them or not, and that it is prepared when the pod has gone elsewhere or is gone.
 */
export async function checkOrdinaryPod(cluster: DriverCluster): Promise<void> {
  const { cgroups, claims } = cluster, container = `${pod}/container`;
  await cgroups.createUnlimited(container);
  try {
    for (const cgroup of [pod, container]) await cgroups.write(cgroup, "hugetlb.2MB.max", `${limit}`);
    const still = (pages: number) =>
      new RegExp(`hugepages-2Mi in their limits may still take ${pages} of them`);
    // While pages are plenty the driver looks at pods once a second.
    await delay(1_500);
    assert.match(await claims.refusalOf([hugepages]), still(40));
    await cgroups.write(container, "cpuset.mems", "1");
    {
      await using reserved = new Workload({
        cgroup: cgroups.mount + container,
        bytes: 30 * page,
        page: "2m",
        touchLater: true,
      });
      assert.deepEqual(await reserved.outcome(), {});
      assert.match(await claims.refusalOf([hugepages]), still(40));
      await reserved.whereNow();
      // 34 are free by now, 10 of them for the pod.
      assert.match(await claims.refusalOf([hugepages]), still(10));
    }
    await cgroups.write(container, "cpuset.mems", "0");
    await using started = await cluster.start([hugepages]);
    await checkHugepages(started.cgroup);
  } finally {
    await cgroups.remove(pod);
  }
}
