import assert from "node:assert/strict";
import { publishedDevices } from "./cluster/devices.ts";
import type { TestNamespace } from "./cluster/test_namespace.ts";
import { clusterTest } from "./cluster/suite.ts";

const pageBytes = 2 * 2 ** 20;
const podCount = 5;
const claimsOfPod = 20;
const names = Array.from({ length: podCount }, (_, index) => `pod-${index}`);
const claimNames = Array.from({ length: claimsOfPod }, (_, index) => `page-${index}`);

clusterTest(`${podCount * claimsOfPod} claims of a page each give their pods these pages, where they are`, {
  needs: async (api) => {
    const devices = (await publishedDevices(api)).filter(({ resource }) => resource === "hugepages-2m");
    const bytes = devices.reduce((sum, device) => sum + device.bytes, 0);
    return bytes >= podCount * claimsOfPod * pageBytes ? devices : undefined;
  },
  run: async ({ namespace }, devices) => {
    await namespace.createTemplate("page", { resource: "hugepages-2m", bytes: pageBytes });
    for (const name of names) {
      await namespace.createPod(name, {
        containers: [{
          name: "main",
          mapping: { bytes: claimsOfPod * pageBytes, page: "2m" },
          claims: claimNames,
          stays: true,
        }],
        claims: Object.fromEntries(claimNames.map((claim) => [claim, { template: "page" }])),
        // Where preparing so many takes all of a slow machine, the runtime does not wait for the driver: the container
        // finds no pages, and gets them at its next start.
        restartPolicy: "Always",
      });
    }
    for (const name of names) await namespace.running(name);
    const numaNodes = new Map(devices.map(({ name, numaNode }) => [name, numaNode]));
    for (const name of names) {
      const allowed = await claimedNodes(namespace, name, numaNodes);
      const report = await namespace.memoryOf(name);
      assert.equal(Object.values(report).reduce((sum, bytes) => sum + bytes, 0), claimsOfPod * pageBytes);
      for (const node of Object.keys(report)) {
        assert.ok(allowed.has(Number(node)), `${name} uses node ${node}`);
      }
    }
  },
});

/** The NUMA nodes on which the claims of a pod were allocated. */
async function claimedNodes(
  namespace: TestNamespace,
  pod: string,
  numaNodes: ReadonlyMap<string, number>,
): Promise<Set<number | undefined>> {
  const claims = (await namespace.claims()).filter(({ metadata: { name } }) => name.startsWith(`${pod}-`));
  assert.equal(claims.length, claimsOfPod);
  return new Set(
    claims.flatMap(({ status }) =>
      status?.allocation?.devices.results.map(({ device }) => numaNodes.get(device)) ?? []
    ),
  );
}
