import assert from "node:assert/strict";
import { devicesOf } from "./cluster/devices.ts";
import { withTemplate } from "./cluster/objects.ts";
import { clusterTest } from "./cluster/suite.ts";

const mebibyte = 2 ** 20;
const bytes = 64 * mebibyte;

clusterTest("memory: what a container claimed on a node is there, on each node", {
  needs: (api) => devicesOf(api, "memory", bytes),
  run: async ({ namespace }, devices) => {
    for (const { numaNode } of devices) {
      const name = `numa-${numaNode}`;
      await namespace.createTemplate(name, { resource: "memory", bytes, numaNode });
      await namespace.createPod(name, withTemplate(name, { bytes: bytes / 2, page: "base" }));
      assert.equal(await namespace.ended(name), "Succeeded");
      assert.deepEqual(await namespace.memoryOf(name), { [numaNode]: bytes / 2 });
    }
  },
});

clusterTest("memory: a container that goes above its limit ends, and it alone", {
  needs: (api) => devicesOf(api, "memory", 2 * bytes),
  run: async ({ namespace }, [{ numaNode }]) => {
    await namespace.createTemplate("memory", { resource: "memory", bytes, numaNode });
    const memoryLimit = bytes;
    const within = { bytes: bytes / 2, page: "base" } as const;
    await namespace.createPod("within", withTemplate("memory", within, { memoryLimit, stays: true }));
    await namespace.running("within");
    const above = { bytes: 2 * bytes, page: "base" } as const;
    await namespace.createPod("above", withTemplate("memory", above, { memoryLimit }));
    assert.equal(await namespace.ended("above"), "Failed");
    await namespace.told("above", /OOMKilled/);
    await namespace.running("within");
    assert.deepEqual(await namespace.memoryOf("within"), { [numaNode]: bytes / 2 });
  },
});
