/** The way from dra-driver-memory, as docs/user/migration.md has it; the node has that driver as a program. */
import assert from "node:assert/strict";
import { type KubernetesObject, readObjects } from "../../deploy/manifests.ts";
import { collectionOf } from "../../peers/kube_apiserver/manifests.ts";
import type { Api } from "../cluster/api.ts";
import { publishedDevices } from "../cluster/devices.ts";
import { deployDriver, driverReady, removeDriver } from "../cluster/driver.ts";
import { nodeShell, onNode, restart, restartCommand } from "../cluster/node.ts";
import { withTemplate } from "../cluster/objects.ts";
import { clusterTest, step } from "../cluster/suite.ts";
import type { TestNamespace } from "../cluster/test_namespace.ts";
import { waitFor } from "../cluster/wait.ts";

const bytes = 8 * 2 ** 20;
const mapping = { bytes, page: "2m" } as const;
const resource = "hugepages-2m";
const publishSeconds = 60;
const formerFile = "/var/run/cdi/dra.memory.json";

clusterTest(
  "a node goes from dra-driver-memory to this driver: pods that run go on, and those of the former devices are made anew",
  {
    needs: async () => {
      const containerd = restartCommand("containerd");
      if (nodeShell() === undefined || containerd === undefined) return undefined;
      const program = await onNode("command -v dra-driver-memory || true");
      return program === "" ? undefined : containerd;
    },
    run: async ({ api, namespace }, containerd) => {
      await removeDriver(api);
      try {
        step("a node with dra-driver-memory, by its own classes");
        await onNode("containerd-node configure");
        await restart(containerd);
        await onNode("dramemory cleanup");
        await startFormer();
        for (const { metadata, ...object } of await formerClasses()) {
          // It prints names that the API server refuses, dra.hugepages-2Mi; its manifest has these.
          const name = metadata.name.toLowerCase().replace(/i$/, "");
          const named = { ...object, metadata: { name } };
          await api.apply(`${collectionOf(named)}/${name}`, named);
        }
        await published(api, (name) => !isOwn(name));
        await namespace.createTemplate("pages", { resource, bytes });
        await namespace.createPod(
          "former",
          withTemplate("pages", mapping, { stays: true, restartPolicy: "Always" }),
        );
        await namespace.running("former");
        const before = await namespace.memoryOf("former");
        assert.match(await onNode(`cat ${formerFile}`), /"kind": "dra\.k8s\.io\/memory"/);

        step(
          "a claim that was allocated and not prepared when the former driver ended: its pod is made anew",
        );
        await onNode("kill $(cat /run/former.pid)");
        await namespace.createPod("late", withTemplate("pages", mapping));
        await allocated(namespace, 2);
        await deployDriver(api);
        await driverReady(api);
        await namespace.told(
          "late",
          /Cannot honor claim .* device .*hugepages-2mi-\w+: this node has the pools/,
        );
        await namespace.deletePod("late");
        await namespace.gone("late");

        step("both at once: no container with a claim starts");
        await startFormer();
        await driverReady(api);
        await namespace.createPod("both", withTemplate("pages", mapping));
        await namespace.told("both", /both tried to set CPUSetMems/);
        await namespace.deletePod("both");
        await namespace.gone("both");

        step("this driver alone: the pod of the former one goes on, and ends as any other");
        await onNode("kill $(cat /run/former.pid)");
        await published(api, isOwn);
        assert.deepEqual(await namespace.memoryOf("former"), before);
        await namespace.running("former");

        step("its container starts anew: it is refused, since its environment is the former driver's");
        await onNode("crictl stop $(crictl ps -q --name main)");
        await namespace.told("former", /Cannot start container main .*DRAMEMORY_/);
        await namespace.deletePod("former");
        await namespace.gone("former");
        await namespace.createPod("new", withTemplate("pages", mapping));
        assert.equal(await namespace.ended("new"), "Succeeded");

        step("what the former driver left");
        assert.match(await onNode(`cat ${formerFile}`), /"devices"/);
      } finally {
        await onNode("kill $(cat /run/former.pid) || true");
        await onNode(`rm -f ${formerFile}`);
        await onNode("containerd-node configure --require-plugin");
        await restart(containerd);
        await deployDriver(api);
        await driverReady(api);
      }
    },
  },
);

/** Waits until so many claims are allocated. */
async function allocated(namespace: TestNamespace, count: number): Promise<void> {
  await waitFor("the claims to be allocated", publishSeconds, async () => {
    const found = (await namespace.claims()).filter(({ status }) => status?.allocation !== undefined);
    return found.length === count ? { value: undefined } : { missing: `${found.length} are` };
  });
}

async function formerClasses(): Promise<KubernetesObject[]> {
  return readObjects(await onNode("dra-driver-memory --make-manifests 2>/dev/null"));
}

async function startFormer(): Promise<void> {
  const flags =
    "--kubeconfig=/etc/kubernetes/kubeconfig --hostname-override=localhost --cgroup-mount=/sys/fs/cgroup";
  await onNode(
    `setsid dra-driver-memory ${flags} </dev/null >/run/former.log 2>&1 3>&- & echo $! >/run/former.pid`,
  );
}

/** Waits until the names of all published devices are such. */
async function published(api: Api, isWanted: (name: string) => boolean): Promise<void> {
  await waitFor("the devices", publishSeconds, async () => {
    const names = (await publishedDevices(api)).map(({ name }) => name);
    return names.length > 0 && names.every(isWanted) ? { value: undefined } : { missing: names.join(", ") };
  });
}

/** A device of this driver is called by its NUMA node. */
function isOwn(name: string): boolean {
  return /-numa\d+$/.test(name);
}
