import { devicesOf } from "./cluster/devices.ts";
import type { PodPlan } from "./cluster/objects.ts";
import { clusterTest } from "./cluster/suite.ts";

const bytes = 4 * 2 ** 20;
const mapping = { bytes, page: "2m" } as const;

function userOf(claim: string): PodPlan {
  return {
    containers: [{ name: "main", mapping, claims: ["pages"], stays: true }],
    claims: { pages: { claim } },
  };
}

clusterTest("sharing: a second pod does not start with a claim that another one holds, and says why", {
  needs: (api) => devicesOf(api, "hugepages-2m", bytes),
  run: async ({ namespace }) => {
    await namespace.createClaim("pages", { resource: "hugepages-2m", bytes });
    await namespace.createPod("first", userOf("pages"));
    await namespace.running("first");
    await namespace.createPod("second", userOf("pages"));
    await namespace.told("second", /claim .*pages .*(held|prepared|belongs)/);
    await namespace.running("first");
  },
});

clusterTest("sharing: a pod in which two containers use one claim does not start, and says why", {
  needs: (api) => devicesOf(api, "hugepages-2m", bytes),
  run: async ({ namespace }) => {
    await namespace.createClaim("pages", { resource: "hugepages-2m", bytes });
    const containers = ["one", "two"].map((name) => ({ name, mapping, claims: ["pages"] }));
    await namespace.createPod("both", { containers, claims: { pages: { claim: "pages" } } });
    await namespace.told("both", /Cannot prepare claim .*pages: .*container/);
  },
});
