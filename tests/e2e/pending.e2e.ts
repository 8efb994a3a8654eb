import assert from "node:assert/strict";
import { devicesOf } from "./cluster/devices.ts";
import { withTemplate } from "./cluster/objects.ts";
import { clusterTest } from "./cluster/suite.ts";

const pageBytes = 2 * 2 ** 20;

clusterTest("a pod that asks for more than is left waits, says why, and runs once there is enough", {
  needs: (api) => devicesOf(api, "hugepages-2m", 2 * pageBytes),
  run: async ({ namespace }, [{ node, numaNode, bytes }]) => {
    const wanted = { resource: "hugepages-2m", bytes: bytes / 2 + pageBytes, numaNode };
    await namespace.createTemplate("most", wanted);
    const plan = withTemplate("most", { bytes: pageBytes, page: "2m" }, { node, stays: true });
    await namespace.createPod("first", plan);
    await namespace.running("first");
    await namespace.createPod("second", plan);
    await namespace.told("second", /FailedScheduling: .*cannot allocate all claims/);
    const second = (await namespace.pods()).find(({ metadata }) => metadata?.name === "second");
    assert.equal(second?.status?.phase, "Pending");

    await namespace.deletePod("first");
    await namespace.running("second");
  },
});
