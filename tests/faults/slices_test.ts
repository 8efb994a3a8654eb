import assert from "node:assert/strict";
import { devicesOn, removeSlices, sliceRequests, slicesOn } from "./_slices.ts";
import { nodeName, onNode, type TestedNode } from "./tested_node.ts";
import { until } from "../until.ts";

const path = "/apis/resource.k8s.io/v1/resourceslices";

/** Waits until the devices that the scheduler may use are these. */
async function devicesAre(node: TestedNode, wanted: Record<string, string>): Promise<void> {
  let found = {};
  const same = async () => {
    found = await devicesOn(node);
    return JSON.stringify(found) === JSON.stringify(wanted) || undefined;
  };
  await until("the devices", same).catch(() => assert.deepEqual(found, wanted));
}

const damages: Record<string, (node: TestedNode) => Promise<unknown>> = {
  "somebody deletes a slice": async (node) => {
    const [slice] = await slicesOn(node);
    await node.cluster.client.request("DELETE", `${path}/${slice?.metadata.name}`);
  },
  "somebody edits a slice": async (node) => {
    const [slice] = await slicesOn(node);
    assert.ok(slice);
    const spec = { ...slice.spec, devices: slice.spec.devices.slice(1) };
    await node.cluster.client.request("PUT", `${path}/${slice.metadata.name}`, { ...slice, spec });
  },
  "somebody adds a slice to a pool": async (node) => {
    const [slice] = await slicesOn(node);
    assert.ok(slice);
    const { name, generation } = slice.spec.pool;
    const pool = { name, generation: generation + 1, resourceSliceCount: 2 };
    const added = { ...slice, metadata: { generateName: "stray-" }, spec: { ...slice.spec, pool } };
    await node.cluster.client.request("POST", path, added);
  },
  "a kubelet that starts deletes all of the node's slices": async (node) => {
    await node.cluster.client.request("DELETE", `${path}?fieldSelector=spec.nodeName%3D${nodeName}`);
  },
  "slices are deleted while the watch is closed": async (node) => {
    node.cluster.api.closeWatches();
    removeSlices(node);
    await Promise.resolve();
  },
  "the server has forgotten the version that the watch goes on from": async (node) => {
    const { api } = node.cluster;
    api.closeWatches();
    removeSlices(node);
    api.store.history.compact();
    await Promise.resolve();
  },
};

for (const [damage, inflict] of Object.entries(damages)) {
  Deno.test(`${damage}: the driver puts it right`, async () => {
    await onNode(async (node) => {
      await node.readyDriver();
      const devices = await devicesOn(node);
      assert.equal(Object.keys(devices).length, 6);
      await inflict(node);
      await devicesAre(node, devices);
    });
  });
}

Deno.test("hugepages are added and taken while the driver runs: a SIGHUP has it publish that at once", async () => {
  await onNode(async (node) => {
    const driver = await node.readyDriver();
    const devices = await devicesOn(node);
    for (const [pages, hugepages, memory] of [[512, "1Gi", "11Gi"], [1024, "2Gi", "10Gi"]] as const) {
      await node.setPages("nr", 0, pages);
      await node.setPages("free", 0, pages);
      driver.signal("SIGHUP");
      await devicesAre(node, { ...devices, "hugepages-2m-numa0": hugepages, "memory-numa0": memory });
    }
  });
});

Deno.test("a NUMA node goes offline and comes back: the driver publishes that within its resync period", async () => {
  await onNode(async (node) => {
    await node.readyDriver({ "resync-period": "1" });
    const devices = await devicesOn(node);
    const online = `${node.directory}/sys/devices/system/node/online`;
    await Deno.writeTextFile(online, "0\n");
    await devicesAre(
      node,
      Object.fromEntries(Object.entries(devices).filter(([name]) => name.endsWith("numa0"))),
    );
    await Deno.writeTextFile(online, "0-1\n");
    await devicesAre(node, devices);
  });
});

Deno.test("nothing changes: the driver looks again and again and writes nothing", async () => {
  await onNode(async (node) => {
    const driver = await node.readyDriver({ "resync-period": "1" });
    const since = node.cluster.api.requests.length;
    await until("three looks", () => (sliceRequests(node, since).get("GET") ?? 0) >= 2 || undefined);
    driver.signal("SIGHUP");
    await until("three looks", () => (sliceRequests(node, since).get("GET") ?? 0) >= 3 || undefined);
    assert.deepEqual([...sliceRequests(node, since).keys()], ["GET"]);
  });
});
