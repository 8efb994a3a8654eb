/** The way from the kubelet's memory manager, as docs/user/migration.md has it, on a node that goes it and back again. */
import assert from "node:assert/strict";
import type { Node as V1Node, Pod as V1Pod, ResourceRequirements } from "kubernetes-types/core/v1";
import { parseReport } from "../../workload/report.ts";
import type { Api } from "../cluster/api.ts";
import { devicesOf } from "../cluster/devices.ts";
import { deployDriver, driverReady, removeDriver } from "../cluster/driver.ts";
import { nodeShell, onNode, restart, restartCommand } from "../cluster/node.ts";
import { podSpec, withTemplate } from "../cluster/objects.ts";
import { clusterTest, step } from "../cluster/suite.ts";
import type { TestNamespace } from "../cluster/test_namespace.ts";
import { waitFor } from "../cluster/wait.ts";

const mebibyte = 2 ** 20;
const bytes = 8 * mebibyte;
const configuration = "/etc/kubernetes/kubelet.yaml";
const state = "/var/lib/kubelet/memory_manager_state";
const readySeconds = 90;

clusterTest(
  "a node goes from the kubelet's memory manager to claims: drained, its state removed, and pods that asked for no claim are no longer pinned",
  {
    needs: async (api) => {
      const commands = [restartCommand("kubelet"), restartCommand("containerd")];
      const [kubelet, containerd] = commands;
      if (nodeShell() === undefined || kubelet === undefined || containerd === undefined) return undefined;
      const devices = await devicesOf(api, "hugepages-2m", bytes);
      return devices === undefined ? undefined : { devices, kubelet, containerd };
    },
    run: async ({ api, namespace }, { devices: [{ numaNode }], kubelet, containerd }) => {
      const allNodes = (await onNode("cat /sys/devices/system/node/has_memory")).trim();
      await removeDriver(api);
      await onNode(`cp ${configuration} /tmp/kubelet.yaml`);
      try {
        step(
          "a node with the memory manager pins a Guaranteed pod, with its hugepages, and the state file has it",
        );
        await setStatic(api, { kubelet, containerd });
        await pinnedByKubelet(api, namespace);

        step("drain");
        await namespace.deletePod("guaranteed");
        await namespace.gone("guaranteed");

        step("another policy with the state of the former one: the kubelet does not start");
        await onNode(`cp /tmp/kubelet.yaml ${configuration}`);
        await restart(kubelet);
        await waitFor("the kubelet to end", readySeconds, async () => {
          const said = await onNode("tail -n 40 /run/kubelet.log");
          return /memory_manager_state/.test(said) ? { value: undefined } : { missing: said.slice(-200) };
        });

        step("without it, it does; the driver is installed, with a runtime that requires it");
        await onNode(`rm ${state}`);
        await restart(kubelet);
        await nodeReady(api);
        await onNode("containerd-node configure --require-plugin");
        await restart(containerd);
        await deployDriver(api);
        await driverReady(api);

        step("a claim pins, of any QoS class");
        const wanted = [
          { resource: "memory", bytes: 64 * mebibyte, numaNode },
          { resource: "hugepages-2m", bytes, numaNode },
        ] as const;
        await namespace.createTemplate("claimed", ...wanted);
        await namespace.createPod("claimed", withTemplate("claimed", { bytes, page: "2m" }));
        assert.equal(await namespace.ended("claimed"), "Succeeded");
        assert.equal(await allowedNodes(namespace, "claimed"), String(numaNode));

        step("the Guaranteed pod runs as before, with the kubelet's hugepages, and nobody pins it");
        await createGuaranteed(api, namespace, "guaranteed");
        assert.equal(await allowedNodes(namespace, "guaranteed"), allNodes);

        step("back again: without pods with claims and the driver, the memory manager pins as before");
        for (const pod of ["claimed", "guaranteed"]) {
          await namespace.deletePod(pod);
          await namespace.gone(pod);
        }
        await removeDriver(api);
        await setStatic(api, { kubelet, containerd });
        await pinnedByKubelet(api, namespace);
        await namespace.deletePod("guaranteed");
        await namespace.gone("guaranteed");
      } finally {
        await onNode(`cp /tmp/kubelet.yaml ${configuration}; rm -f ${state}`);
        await restart(kubelet);
        await nodeReady(api);
        await onNode("containerd-node configure --require-plugin");
        await restart(containerd);
        await deployDriver(api);
        await driverReady(api);
      }
    },
  },
);

/** Gives the node the memory manager, and a runtime that requires no driver. */
async function setStatic(
  api: Api,
  { kubelet, containerd }: Record<"kubelet" | "containerd", string>,
): Promise<void> {
  await onNode("containerd-node configure");
  await restart(containerd);
  // As much as the kubelet keeps from pods in all, which is what it evicts at.
  await onNode(
    `printf '%s\\n' 'memoryManagerPolicy: Static' 'reservedMemory: [{ numaNode: 0, limits: { memory: 50Mi } }]' >>${configuration}`,
  );
  await onNode(`rm -f ${state}`);
  await restart(kubelet);
  await nodeReady(api);
}

/** Creates the pod `guaranteed`, which is on one NUMA node and in the state file. */
async function pinnedByKubelet(api: Api, namespace: TestNamespace): Promise<void> {
  await createGuaranteed(api, namespace, "guaranteed");
  assert.match(await allowedNodes(namespace, "guaranteed"), /^\d+$/);
  const managed: { policyName: string; entries?: object } = JSON.parse(await onNode(`cat ${state}`));
  assert.equal(managed.policyName, "Static");
  assert.equal(Object.keys(managed.entries ?? {}).length, 1);
}

/** A pod as the memory manager pins it: its limits are its requests, of hugepages too. It tells where its memory is. */
async function createGuaranteed(api: Api, namespace: TestNamespace, name: string): Promise<void> {
  const { containers: [container], ...spec } = podSpec({
    containers: [{ name: "main", mapping: { bytes, page: "2m" }, claims: [] }],
    claims: {},
  });
  assert.ok(container);
  const limits = { cpu: "100m", memory: "64Mi", "hugepages-2Mi": `${bytes}` };
  const resources: ResourceRequirements = { limits };
  await api.create<V1Pod>(`/api/v1/namespaces/${namespace.name}/pods`, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: { ...spec, containers: [{ ...container, resources, args: [...container.args ?? [], "--hold"] }] },
  });
  await namespace.running(name);
}

/** The NUMA nodes that the kernel lets the pod's container have memory of. */
async function allowedNodes(namespace: TestNamespace, name: string): Promise<string> {
  await namespace.memoryOf(name);
  const [line = ""] = (await namespace.log(name, "main")).split("\n");
  const report = parseReport(line);
  return "nodes" in report ? report.allowedNodes : assert.fail(line);
}

/** Waits until the kubelet reports anew that the node is ready. */
async function nodeReady(api: Api): Promise<void> {
  const since = Date.now();
  await waitFor("the node to be ready", readySeconds, async () => {
    const [node] = await api.list<V1Node>("/api/v1/nodes");
    const ready = node?.status?.conditions?.find(({ type }) => type === "Ready");
    const isNew = Date.parse(ready?.lastHeartbeatTime ?? "") >= since - 1000;
    return ready?.status === "True" && isNew
      ? { value: undefined }
      : { missing: ready?.message ?? "unknown" };
  });
}
