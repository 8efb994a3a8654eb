import assert from "node:assert/strict";
import type { Deployment as V1Deployment } from "kubernetes-types/apps/v1";
import { devicesOf } from "./cluster/devices.ts";
import { deployment, withTemplate } from "./cluster/objects.ts";
import { clusterTest, type SuiteContext } from "./cluster/suite.ts";
import { waitFor } from "./cluster/wait.ts";

const bytes = 8 * 2 ** 20;
const scaleSeconds = 120;

clusterTest("a Deployment is scaled up and down: each replica has pages of its own, and gives them back", {
  needs: (api) => devicesOf(api, "hugepages-2m", 4 * bytes),
  run: async (context, [{ numaNode }]) => {
    const { api, namespace } = context;
    await namespace.createTemplate("pages", { resource: "hugepages-2m", bytes, numaNode });
    const collection = `/apis/apps/v1/namespaces/${namespace.name}/deployments`;
    await api.create<V1Deployment>(
      collection,
      deployment("server", 0, withTemplate("pages", { bytes, page: "2m" }, { stays: true })),
    );
    for (const replicas of [1, 4, 2, 0]) {
      await api.patch(`${collection}/server`, { spec: { replicas } });
      for (const pod of await scaled(context, replicas)) {
        assert.deepEqual(await namespace.memoryOf(pod), { [numaNode]: bytes });
      }
    }
  },
});

/** Waits until there are so many pods, all of them running, and as many claims; resolves to the pods' names. */
async function scaled({ namespace }: SuiteContext, replicas: number): Promise<string[]> {
  return await waitFor(`${replicas} replicas`, scaleSeconds, async () => {
    const pods = await namespace.pods();
    const claims = await namespace.claims();
    const running = pods.filter(({ status }) => status?.phase === "Running");
    if (pods.length === replicas && running.length === replicas && claims.length === replicas) {
      return { value: pods.map(({ metadata }) => metadata?.name ?? "") };
    }
    return { missing: `${pods.length} pods, ${running.length} running, ${claims.length} claims` };
  });
}
