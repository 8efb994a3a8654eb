import assert from "node:assert/strict";
import { parseQuantity } from "../../core/values/quantity.ts";
import { parseReport } from "../workload/report.ts";
import { type KubernetesObject, readObjects, yamlFiles } from "../deploy/manifests.ts";
import { collectionOf } from "../peers/kube_apiserver/manifests.ts";
import { type Devices, devicesOf } from "./cluster/devices.ts";
import { clusterTest } from "./cluster/suite.ts";
import type { TestNamespace } from "./cluster/test_namespace.ts";
import { waitFor } from "./cluster/wait.ts";

const startSeconds = 120;

for (const [name, text] of await yamlFiles(new URL("../../deploy/examples/", import.meta.url))) {
  // These need dra-driver-cpu and dranet as well.
  if (/deviceClassName: dra(net|\.cpu)$/m.test(text)) continue;
  clusterTest(`${name} runs: its program has its memory where its claim is`, {
    needs: async (api) => {
      const found: Devices[] = [];
      for (const { resource, bytes } of wantedIn(text)) {
        const devices = await devicesOf(api, resource, bytes);
        if (devices === undefined) return undefined;
        found.push(devices);
      }
      return found;
    },
    run: async ({ api, namespace }) => {
      const objects = readObjects(text);
      for (const { metadata, ...object } of objects) {
        const placed: KubernetesObject = { ...object, metadata: { ...metadata, namespace: namespace.name } };
        await api.create(collectionOf(placed), placed);
      }
      const pods = await waitForPods(namespace, /replicas: (\d+)/.exec(text)?.[1] ?? "1");
      for (const pod of pods) {
        const [container = ""] = /(?<=containers:\s+- name: )\S+/.exec(text) ?? [];
        if (/restartPolicy: Never/.test(text)) assert.equal(await namespace.ended(pod), "Succeeded");
        else await namespace.running(pod);
        await namespace.memoryOf(pod, container);
        const [line = ""] = (await namespace.log(pod, container)).split("\n");
        const report = parseReport(line);
        assert.ok("nodes" in report, line);
        assert.equal(report.allowedNodes, promisedNodes(report.environment), line);
        const where = Object.keys(report.nodes);
        assert.ok(where.every((node) => promisedNodes(report.environment).includes(node)), line);
      }
    },
  });
}

/** What the requests of an example ask for, the first alternative of each. */
function wantedIn(text: string): { resource: string; bytes: number }[] {
  const requests = text.matchAll(
    /- name: \w+\n\s+(?:exactly:|firstAvailable:\n.*)\n?\s+deviceClassName: dra\.(\S+)\n\s+capacity: .*size: (\w+)/g,
  );
  return [...requests].map(([, resource = "", size = ""]) => ({
    resource,
    bytes: Number(parseQuantity(size)),
  }));
}

/** The NUMA nodes that the environment names, as the kernel lists them. */
function promisedNodes(environment: Readonly<Record<string, string>>): string {
  const nodes = Object.entries(environment).filter(([name]) => name.endsWith("_NUMA_NODES")).map(([, node]) =>
    node
  );
  return [...new Set(nodes)].sort().join("-");
}

async function waitForPods(namespace: TestNamespace, count: string): Promise<string[]> {
  return await waitFor(`${count} pods`, startSeconds, async () => {
    const names = (await namespace.pods()).map(({ metadata }) => metadata?.name ?? "");
    return names.length === Number(count) ? { value: names } : { missing: `there are ${names.length}` };
  });
}
