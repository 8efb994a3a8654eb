/** Claims that the scheduler and the kubelet count as the node's own (KEP-5517), where the feature gate is on. */
import assert from "node:assert/strict";
import type { Pod as V1Pod } from "kubernetes-types/core/v1";
import type { Api } from "../cluster/api.ts";
import { devicesOf } from "../cluster/devices.ts";
import { nodeShell, onNode } from "../cluster/node.ts";
import { hugetlbLimits } from "../cluster/hugetlb_limits.ts";
import { type PodPlan, podSpec, withTemplate } from "../cluster/objects.ts";
import { clusterTest, step, type SuiteContext } from "../cluster/suite.ts";

const mebibyte = 2 ** 20;
const bytes = 8 * mebibyte;
const resource = "hugepages-2m";

clusterTest("a pod with a claim of all hugepages keeps an ordinary one with hugepages-2Mi off the node", {
  needs: (api) => counted(api, bytes),
  run: async (context, devices) => {
    const { namespace } = context;
    await namespace.createTemplate("all", ...devices);
    await namespace.createPod(
      "all",
      withTemplate("all", { bytes, page: "2m" }, { stays: true }),
    );
    await namespace.running("all");
    await createOrdinary(context, "ordinary", { "hugepages-2Mi": `${bytes}`, memory: "64Mi" });
    await namespace.told("ordinary", /FailedScheduling: .*Insufficient hugepages-2Mi/);
    step("which starts once the claim is gone");
    await namespace.deletePod("all");
    assert.equal(await namespace.ended("ordinary"), "Succeeded");
  },
});

clusterTest("the limits of container and pod have the claim once, and the ordinary limits beside it", {
  needs: (api) => counted(api, 2 * bytes),
  run: async (context, [device]) => {
    const { namespace } = context;
    await namespace.createTemplate("pages", { ...device, bytes });
    const plan = withTemplate("pages", { bytes, page: "2m" }, { stays: true });
    step("a claim alone");
    await namespace.createPod("alone", plan);
    await namespace.running("alone");
    assert.deepEqual(await hugetlbLimits(namespace, "alone"), { pod: [bytes, bytes], main: [bytes, bytes] });
    await namespace.deletePod("alone");
    await namespace.gone("alone");
    step("beside ordinary pages");
    await createOrdinary(
      context,
      "both",
      { "hugepages-2Mi": `${bytes}`, memory: "64Mi" },
      withTemplate("pages", { bytes: 2 * bytes, page: "2m" }, { stays: true }),
    );
    await namespace.running("both");
    const both = [2 * bytes, 2 * bytes];
    assert.deepEqual(await hugetlbLimits(namespace, "both"), { pod: both, main: both });
    const said = await onNode("dramemory status");
    assert.match(said, /^Claims count as the node's own memory and hugepages\.$/m);
    assert.match(said, /^Every container has what was promised\.$/m);
  },
});

/** What a claim of all pages of the devices asks for, one request for each. */
async function counted(api: Api, leastBytes: number) {
  if (nodeShell() === undefined) return undefined;
  const devices = await devicesOf(api, resource, leastBytes);
  if (devices === undefined) return undefined;
  const said = await onNode("dramemory status");
  if (!said.includes("Claims count as the node's own")) return undefined;
  const [first, ...others] = devices.map(({ numaNode, bytes }) => ({ resource, bytes, numaNode }));
  return first === undefined ? undefined : [first, ...others] as const;
}

/** A pod with limits of its own, and with a claim where the plan has one. */
async function createOrdinary(
  { api, namespace }: SuiteContext,
  name: string,
  limits: Readonly<Record<string, string>>,
  plan: PodPlan = { containers: [{ name: "main", mapping: { bytes, page: "2m" }, claims: [] }], claims: {} },
): Promise<void> {
  const { containers, ...spec } = podSpec(plan);
  await api.create<V1Pod>(`/api/v1/namespaces/${namespace.name}/pods`, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      ...spec,
      containers: containers.map((container) => ({
        ...container,
        resources: { ...container.resources, limits },
      })),
    },
  });
}
