/** What an in-place resize of a pod does to its hugepages, which kubelets from 1.33 to 1.37 limit to 0 by it. */
import assert from "node:assert/strict";
import type { Pod as V1Pod } from "kubernetes-types/core/v1";
import { devicesOf } from "./cluster/devices.ts";
import { nodeShell, onNode } from "./cluster/node.ts";
import { type Mapping, podSpec, withTemplate } from "./cluster/objects.ts";
import { podCgroup } from "./cluster/pod_cgroup.ts";
import { clusterTest, step, type SuiteContext } from "./cluster/suite.ts";
import { waitFor } from "./cluster/wait.ts";

const mebibyte = 2 ** 20;
const bytes = 8 * mebibyte;
const resizeSeconds = 90;

clusterTest("a pod whose pages are not in use is resized, and has its limit back within seconds", {
  needs,
  run: async (context, [{ numaNode }]) => {
    await createPod(context, numaNode, { bytes: mebibyte, page: "base" });
    if (!await isSince137(context)) return;
    const limits = `${await podCgroup(await podOf(context))}/hugetlb.2MB*max`;
    const before = await onNode(`cat ${limits}`);
    assert.deepEqual(new Set(before.trim().split("\n")), new Set([`${bytes}`]));
    await resize(context, "200m");
    await waitFor("the resize", resizeSeconds, async () => {
      const { status } = await podOf(context);
      const cpu = status?.containerStatuses?.[0]?.resources?.requests?.["cpu"];
      return cpu === "200m"
        ? { value: undefined }
        : { missing: `${cpu}, ${JSON.stringify(status?.conditions)}` };
    });
    await waitFor("the driver to tell of it", resizeSeconds, async () => {
      const said = await onNode("dramemory status");
      return said.includes(`pod ${context.namespace.name}/resized were changed by somebody`)
        ? { value: undefined }
        : { missing: said };
    });
    assert.equal(await onNode(`cat ${limits}`), before);
    step("and its pages");
    await onNode("crictl exec $(crictl ps -q --name main) /workload --bytes 8388608 --hugepages 2m");
  },
});

clusterTest("a pod whose pages are in use is not resized, and keeps them: the kernel refuses", {
  needs,
  run: async (context, [{ numaNode }]) => {
    await createPod(context, numaNode, { bytes, page: "2m" });
    if (!await isSince137(context)) return;
    const limits = `${await podCgroup(await podOf(context))}/hugetlb.2MB*max`;
    const before = await onNode(`cat ${limits}`);
    await resize(context, "200m");
    await waitFor("the kubelet to say why not", resizeSeconds, async () => {
      const { status } = await podOf(context);
      const condition = status?.conditions?.find(({ type }) => type === "PodResizeInProgress");
      return /device or resource busy/.test(condition?.message ?? "")
        ? { value: undefined }
        : { missing: JSON.stringify(status?.conditions) };
    });
    await waitFor("status to say so", resizeSeconds, async () => {
      const said = await onNode("dramemory status");
      return /Pod \S+\/resized is not resized: .*device or resource busy \(its hugepages are in use/.test(
          said,
        )
        ? { value: undefined }
        : { missing: said };
    });
    assert.equal(await onNode(`cat ${limits}`), before);
    step("the resources that it had");
    await resize(context, "100m");
    await waitFor("the resize to be over", resizeSeconds, async () => {
      const { status } = await podOf(context);
      const condition = status?.conditions?.find(({ type }) => type === "PodResizeInProgress");
      return condition === undefined ? { value: undefined } : { missing: JSON.stringify(condition) };
    });
    assert.deepEqual(await context.namespace.memoryOf("resized"), { [numaNode]: bytes });
  },
});

function needs(api: SuiteContext["api"]) {
  return nodeShell() === undefined ? Promise.resolve(undefined) : devicesOf(api, "hugepages-2m", bytes);
}

/** Whether pods with claims can be resized at all; an older API server takes their claims for a change. */
async function isSince137(context: SuiteContext): Promise<boolean> {
  const { minor } = await context.api.get<{ minor: string }>("/version");
  if (Number.parseInt(minor) >= 37) return true;
  await assert.rejects(resize(context, "200m"), /only cpu and memory resources are mutable/);
  return false;
}

/** A pod that claims pages, and has resources that can be resized. */
async function createPod(
  { api, namespace }: SuiteContext,
  numaNode: number,
  mapping: Mapping,
): Promise<void> {
  await namespace.createTemplate("pages", { resource: "hugepages-2m", bytes, numaNode });
  const { containers, ...spec } = podSpec(withTemplate("pages", mapping, { stays: true }));
  const requests = { cpu: "100m", memory: "64Mi" };
  await api.create<V1Pod>(`/api/v1/namespaces/${namespace.name}/pods`, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "resized" },
    spec: {
      ...spec,
      containers: containers.map((container) => ({
        ...container,
        resources: { ...container.resources, requests },
      })),
    },
  });
  await namespace.running("resized");
  await namespace.memoryOf("resized");
}

function podOf({ api, namespace }: SuiteContext): Promise<V1Pod> {
  return api.get<V1Pod>(`/api/v1/namespaces/${namespace.name}/pods/resized`);
}

async function resize(context: SuiteContext, cpu: string): Promise<void> {
  const { spec } = await podOf(context);
  const containers = (spec?.containers ?? []).map((container) => ({
    ...container,
    resources: { ...container.resources, requests: { ...container.resources?.requests, cpu } },
  }));
  await context.api.patch(`/api/v1/namespaces/${context.namespace.name}/pods/resized/resize`, {
    spec: { containers },
  });
}
