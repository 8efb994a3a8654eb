import assert from "node:assert/strict";
import type { Pod as V1Pod } from "kubernetes-types/core/v1";
import { devicesOf } from "../cluster/devices.ts";
import { nodeShell, onNode } from "../cluster/node.ts";
import { withTemplate } from "../cluster/objects.ts";
import { clusterTest } from "../cluster/suite.ts";
import { waitFor } from "../cluster/wait.ts";

const bytes = 16 * 2 ** 20;
const healthSeconds = 90;

/** A resource of a container as the kubelet tells its health (KEP-4680). */
interface Told {
  readonly name: string;
  readonly resources?: readonly { readonly health?: string; readonly message?: string }[];
}

clusterTest("what becomes of a device stands in the status of the pods that hold some of it", {
  needs: async (api) => nodeShell() && await devicesOf(api, "hugepages-2m", bytes),
  run: async ({ api, namespace }, [{ numaNode }]) => {
    await namespace.createTemplate("pages", { resource: "hugepages-2m", bytes, numaNode });
    await namespace.createPod(
      "holder",
      withTemplate("pages", { bytes: 2 ** 21, page: "2m" }, { stays: true }),
    );
    await namespace.running("holder");
    const told = (health: string) =>
      waitFor(`the kubelet to tell that the claim is ${health}`, healthSeconds, async () => {
        const { status } = await api.get<V1Pod>(`/api/v1/namespaces/${namespace.name}/pods/holder`);
        const [container] = (status?.containerStatuses ?? []) as { allocatedResourcesStatus?: Told[] }[];
        const claim = container?.allocatedResourcesStatus?.find(({ name }) => name === "claim:claimed");
        return claim?.resources?.[0]?.health === health
          ? { value: claim }
          : { missing: JSON.stringify(container?.allocatedResourcesStatus) };
      });

    await told("Healthy");
    const pool = `/sys/devices/system/node/node${numaNode}/hugepages/hugepages-2048kB/nr_hugepages`;
    const before = (await onNode(`cat ${pool}`)).trim();
    try {
      // Fewer than the claim holds, who has taken one of them.
      await onNode(`echo 2 >${pool}`);
      const { resources } = await told("Unhealthy");
      assert.match(resources?.[0]?.message ?? "", /^hugepages-2m of NUMA node \d shrank: claims hold 16Mi/);
    } finally {
      await onNode(`echo ${before} >${pool}`);
    }
    await told("Healthy");
  },
});
