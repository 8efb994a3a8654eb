import type { DaemonSet as V1DaemonSet } from "kubernetes-types/apps/v1";
import type { Container as V1Container, Pod as V1Pod } from "kubernetes-types/core/v1";
import assert from "node:assert/strict";
import { objectsIn } from "../../../deploy/manifests.ts";
import { collectionOf } from "../../../peers/kube_apiserver/manifests.ts";
import type { Api } from "../../cluster/api.ts";
import { deployDriver, driverReady, endDriver } from "../../cluster/driver.ts";
import { onNode } from "../../cluster/node.ts";
import { podSpec, withTemplate } from "../../cluster/objects.ts";
import { podCgroup } from "../../cluster/pod_cgroup.ts";
import type { SuiteContext } from "../../cluster/suite.ts";

/** What each pod of a story claims, of 2 MiB pages, by the template `pages`. */
export const bytes = 4 * 2 ** 20;

/** What makes alerts fire, and what stops them. */
export interface AlertStory {
  readonly alerts: readonly string[];
  readonly cause: (context: SuiteContext) => Promise<unknown>;
  readonly remedy: (context: SuiteContext) => Promise<unknown>;
}

const mapping = { bytes, page: "2m" } as const;
const daemonSet = "/apis/apps/v1/namespaces/kube-system/daemonsets/dramemory";
const slices = "/apis/resource.k8s.io/v1/resourceslices";
const garbage = "/var/run/cdi/dra.memory-claim_6d1a0b2c-0000-4000-8000-000000000001.json";
const meminfo = "/sys/devices/system/node/node1/meminfo";

/** Of every alert, with causes as they come to a cluster. */
export const stories: readonly AlertStory[] = [
  {
    alerts: ["DramemoryFailClosedUnsupported"],
    cause: async ({ api }) => {
      await changeDriver(api, (container) => ({
        ...container,
        args: [...container.args ?? [], "--fail-closed"],
      }));
      await driverReady(api);
    },
    remedy: deployed,
  },
  {
    alerts: ["DramemoryRuntimeUnsteady"],
    cause: async () => {
      for (let time = 0; time < 7; time++) {
        // As a restart is, without what the lab's node does besides.
        await onNode(
          "containerd-node stop; setsid containerd </dev/null >>/run/containerd.log 2>&1 3>&- & " +
            "echo $! >/run/containerd.pid",
        );
        await onNode("timeout 60 sh -c 'until crictl info; do sleep 1; done' >/dev/null 2>&1; sleep 5");
      }
    },
    remedy: () => Promise.resolve(),
  },
  {
    alerts: ["DramemoryCheckpointDamaged"],
    cause: async ({ api }) => {
      await onNode(`echo garbage >${garbage}`);
      await endDriver(api);
    },
    remedy: () => onNode(`rm -f ${garbage}*`),
  },
  {
    alerts: ["DramemoryPodLimitsWrong"],
    cause: async (context) => {
      await startPod(context, "limited");
      const cgroup = await cgroupOf(context, "limited");
      await inDriver(`mount -o bind ${cgroup} ${cgroup}`, `mount -o remount,bind,ro ${cgroup}`);
      await onNode(`echo max >${cgroup}/hugetlb.2MB.max`);
    },
    remedy: async (context) => {
      await inDriver(`umount ${await cgroupOf(context, "limited")}`);
      await context.namespace.deletePod("limited");
    },
  },
  {
    alerts: ["DramemoryTopologyUnreadable"],
    cause: () => inDriver(`mount -o bind /run/dramemory/busybox ${meminfo}`),
    remedy: () => inDriver(`umount ${meminfo}`),
  },
  {
    alerts: ["DramemoryDown", "DramemoryPodMissing"],
    cause: async ({ api }) => {
      await changeDriver(api, (container) => ({ ...container, image: "dramemory:none" }));
      await endDriver(api);
    },
    remedy: deployed,
  },
  {
    alerts: ["DramemoryNotReady"],
    cause: () => onNode("containerd-node stop"),
    remedy: () => onNode("containerd-node start"),
  },
  {
    alerts: ["DramemorySlicesNotPublished"],
    cause: async ({ api }) => {
      await deleteManifest(api, "ClusterRoleBinding");
      for (const { metadata } of await api.list<{ metadata: { name: string } }>(slices)) {
        await api.delete(`${slices}/${metadata.name}`);
      }
    },
    remedy: deployed,
  },
  {
    alerts: ["DramemoryApiErrors", "DramemoryRefusesClaims"],
    // What leads to the Service of the API server; the kubelet goes another way.
    cause: async ({ namespace }) => {
      await onNode("killall nc");
      await namespace.createPod("unreachable", withTemplate("pages", mapping));
    },
    remedy: async ({ namespace }) => {
      await onNode(
        "port=$(sed -n 's/.*lab.api_server=\\([^ ]*\\).*/\\1/p' /proc/cmdline); " +
          "setsid nc -ll -p 443 -e nc 10.0.2.2 $port </dev/null >/dev/null 2>&1 3>&- &",
      );
      await namespace.ended("unreachable");
    },
  },
  {
    alerts: ["DramemoryRefusesContainers", "DramemoryRuntimeWaits"],
    // Whose claim a container shows that another pod holds is asked of an API server that does not answer.
    cause: async (context) => {
      const { api, namespace } = context;
      await startPod(context, "holds");
      const claims = await namespace.claims();
      const { metadata: { uid } } = claims.find(({ metadata: { name } }) => name.startsWith("holds-")) ??
        assert.fail("the pod has no claim");
      await onNode("killall -STOP nc");
      const { containers: [container], ...spec } = podSpec({
        containers: [{ name: "main", mapping, claims: [] }],
        claims: {},
      });
      const env = [
        { name: `DRAMEMORY_${uid}_NUMANodes`, value: "0" },
        { name: `DRAMEMORY_${uid}_hugepages-2m`, value: "numanode:0,size:4Mi" },
      ];
      await api.create<V1Pod>(`/api/v1/namespaces/${namespace.name}/pods`, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "pretends" },
        spec: { ...spec, containers: [{ ...container ?? assert.fail(), env }] },
      });
    },
    remedy: async ({ namespace }) => {
      await onNode("killall -CONT nc");
      for (const pod of ["pretends", "holds"]) await namespace.deletePod(pod);
    },
  },
  {
    alerts: ["DramemoryContainersDiffer"],
    cause: async (context) => {
      await startPod(context, "differs");
      await onNode(
        `for mems in ${await cgroupOf(context, "differs")}/*/cpuset.mems; do echo 0-1 >$mems; done`,
      );
    },
    remedy: ({ namespace }) => namespace.deletePod("differs"),
  },
];

async function deployed({ api }: SuiteContext): Promise<void> {
  await deployDriver(api);
  await driverReady(api);
}

async function startPod({ namespace }: SuiteContext, name: string): Promise<void> {
  await namespace.createPod(name, withTemplate("pages", mapping, { stays: true }));
  await namespace.running(name);
}

async function cgroupOf({ namespace }: SuiteContext, name: string): Promise<string> {
  return await podCgroup((await namespace.pods()).find(({ metadata }) => metadata?.name === name));
}

/** Runs lines in the driver's mount namespace. Its image has no programs; one directory of the host is in both. */
async function inDriver(...lines: readonly string[]): Promise<void> {
  const busybox = "/run/dramemory/busybox";
  const entered = lines.map((line) => `nsenter -t $(pidof dramemory) -m -p ${busybox} ${line}`);
  await onNode([`cp /bin/busybox ${busybox}`, ...entered, `rm ${busybox}`].join(" && "));
}

async function changeDriver(api: Api, change: (container: V1Container) => V1Container): Promise<void> {
  const { spec } = await api.get<V1DaemonSet>(daemonSet);
  const containers = (spec?.template.spec?.containers ?? []).map(change);
  await api.patch(daemonSet, { spec: { template: { spec: { containers } } } });
}

async function deleteManifest(api: Api, kind: string): Promise<void> {
  const objects = await objectsIn(new URL("../../../../deploy/manifests/", import.meta.url));
  const object = objects.find((object) => object.kind === kind) ?? assert.fail(kind);
  await api.delete(`${collectionOf(object)}/${object.metadata.name}`);
}
