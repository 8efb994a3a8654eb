/** Limits of hugepages that the pod itself has (`spec.resources`), beside claims. */
import assert from "node:assert/strict";
import type { Pod as V1Pod } from "kubernetes-types/core/v1";
import { devicesOf } from "./cluster/devices.ts";
import { hugetlbLimits } from "./cluster/hugetlb_limits.ts";
import { nodeShell, onNode } from "./cluster/node.ts";
import { podSpec } from "./cluster/objects.ts";
import { clusterTest, step } from "./cluster/suite.ts";

const mebibyte = 2 ** 20;
const ofPod = 8 * mebibyte, ofContainer = 4 * mebibyte;
const claimed = 6 * mebibyte, claimedBeside = 2 * mebibyte;

clusterTest("claims come on top of a pod's own limit of hugepages, once, in the pod and in its containers", {
  needs: async (api) => nodeShell() && await devicesOf(api, "hugepages-2m", ofPod + claimed + claimedBeside),
  run: async ({ api, namespace }, [{ numaNode }]) => {
    const resource = "hugepages-2m";
    await namespace.createTemplate("pages", { resource, bytes: claimed, numaNode });
    await namespace.createTemplate("few", { resource, bytes: claimedBeside, numaNode });
    const container = (name: string, bytes: number, claims: readonly string[] = []) => (
      { name, claims, mapping: { bytes, page: "2m" as const }, stays: true }
    );
    const spec = podSpec({
      containers: [
        container("claims", claimed, ["pages"]),
        container("both", ofContainer + claimedBeside, ["few"]),
        container("plain", ofContainer),
      ],
      claims: { pages: { template: "pages" }, few: { template: "few" } },
    });
    const limits = { cpu: "1", memory: "256Mi", "hugepages-2Mi": `${ofPod}` };
    const own = { limits: { "hugepages-2Mi": `${ofContainer}`, memory: "64Mi" } };
    const limited = {
      ...spec,
      resources: { limits, requests: limits },
      containers: spec.containers.map((container) =>
        container.name === "both"
          ? { ...container, resources: { ...container.resources, ...own } }
          : container
      ),
    };
    await api.create<V1Pod>(`/api/v1/namespaces/${namespace.name}/pods`, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "limited" },
      spec: limited,
    });
    await namespace.running("limited");
    step("every container has mapped and touched what it may");
    const exact = (bytes: number) => [bytes, bytes];
    const { plain: [plain] = [], ...others } = await hugetlbLimits(namespace, "limited");
    assert.deepEqual(others, {
      pod: exact(ofPod + claimed + claimedBeside),
      // The kubelet gives the pod's limit to each container that has none of its own.
      claims: exact(ofPod + claimed),
      both: exact(ofContainer + claimedBeside),
    });
    // Without a claim it is what the runtime makes of it: crun does not limit its reservations.
    assert.equal(plain, ofPod);
    assert.match(await onNode("dramemory status"), /^Every container has what was promised\.$/m);
  },
});
