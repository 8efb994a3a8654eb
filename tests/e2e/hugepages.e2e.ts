import assert from "node:assert/strict";
import { devicesOf } from "./cluster/devices.ts";
import { withTemplate } from "./cluster/objects.ts";
import { clusterTest } from "./cluster/suite.ts";

const mebibyte = 2 ** 20;

/** Claims of each size, small enough for a node that has a few pages. */
const sizes = [
  { page: "2m", pageBytes: 2 * mebibyte, pages: 8 },
  { page: "1g", pageBytes: 1024 * mebibyte, pages: 1 },
] as const;

for (const { page, pageBytes, pages } of sizes) {
  const resource = `hugepages-${page}`;
  const bytes = pages * pageBytes;

  clusterTest(`${resource}: a container gets all that it claimed, on the node where it claimed it`, {
    needs: (api) => devicesOf(api, resource, bytes),
    run: async ({ namespace }, devices) => {
      for (const { numaNode } of devices) {
        const name = `numa-${numaNode}`;
        await namespace.createTemplate(name, { resource, bytes, numaNode });
        await namespace.createPod(name, withTemplate(name, { bytes, page }));
        assert.equal(await namespace.ended(name), "Succeeded");
        assert.deepEqual(await namespace.memoryOf(name), { [numaNode]: bytes });
      }
    },
  });

  clusterTest(`${resource}: a container gets not one page more than it claimed`, {
    needs: (api) => devicesOf(api, resource, bytes + pageBytes),
    run: async ({ namespace }) => {
      await namespace.createTemplate("pages", { resource, bytes });
      await namespace.createPod("greedy", withTemplate("pages", { bytes: bytes + pageBytes, page }));
      assert.equal(await namespace.ended("greedy"), "Failed");
      assert.match(await namespace.log("greedy", "main"), /ENOMEM/);
    },
  });

  clusterTest(`${resource}: beside a claim of memory, the container gets both where it claimed them`, {
    needs: (api) => devicesOf(api, resource, bytes),
    run: async ({ namespace }, [device]) => {
      const { numaNode } = device;
      const memory = { resource: "memory", bytes: 64 * mebibyte, numaNode };
      await namespace.createTemplate("both", { resource, bytes, numaNode }, memory);
      await namespace.createPod("both", withTemplate("both", { bytes, page }));
      assert.equal(await namespace.ended("both"), "Succeeded");
      assert.deepEqual(await namespace.memoryOf("both"), { [numaNode]: bytes });
    },
  });
}

clusterTest("hugepages-2m: a pod without a claim gets none", {
  needs: (api) => devicesOf(api, "hugepages-2m", 2 * mebibyte),
  run: async ({ namespace }) => {
    await namespace.createPod("without", {
      containers: [{ name: "main", mapping: { bytes: 2 * mebibyte, page: "2m" }, claims: [] }],
      claims: {},
    });
    assert.equal(await namespace.ended("without"), "Failed");
    assert.match(await namespace.log("without", "main"), /ENOMEM/);
  },
});
