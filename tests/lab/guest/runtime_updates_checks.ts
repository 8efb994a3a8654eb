/** What becomes of a claim's limits when the kubelet has a container updated. */
import assert from "node:assert/strict";
import { nodeRuntime } from "./node_runtime.ts";
import { hugepages } from "./placement_promises.ts";
import { limitsOf, withRuntime } from "./runtime_cluster.ts";

/** Of the CPU manager, the memory manager, and a resize in place. */
const updates = ["--cpuset-cpus=0", "--cpuset-mems=0", "--cpu-share=512", "--memory=268435456"];

Deno.test("an update of the kubelet's leaves a container the limits and the node of its claim", () =>
  withRuntime(nodeRuntime(), [], async (cluster) => {
    await cluster.claims.startDriver();
    const pod = await cluster.startPod([hugepages]);
    const container = await cluster.startMain(pod);
    for (const update of updates) {
      await cluster.cri.update(container, update);
      assert.deepEqual(await cluster.limits(pod, container), limitsOf(hugepages), update);
    }
    await cluster.removePod(pod);
  }));
