/** What becomes of claims in pods that are run in another way than most: with users of their own, or in a virtual machine. */
import assert from "node:assert/strict";
import { parseReport } from "../../workload/report.ts";
import { nodeRuntime } from "./node_runtime.ts";
import { hugepages } from "./placement_promises.ts";
import { limitsOf, untouched, withRuntime } from "./runtime_cluster.ts";

Deno.test("a pod with users of its own gets its pages and its node", () =>
  withRuntime(nodeRuntime(), [], async (cluster) => {
    await cluster.claims.startDriver();
    const pod = await cluster.startPod([hugepages], { hostUsers: false });
    const { sandbox, cdiDevices } = pod;
    assert.deepEqual(await cluster.limits(pod, await cluster.startMain(pod)), limitsOf(hugepages));
    const args = ["--bytes", `${hugepages.bytes}`, "--hugepages", "2m"];
    const [line = ""] = await cluster.cri.runToEnd(sandbox, { name: "main", attempt: 1, cdiDevices, args });
    const report = parseReport(line);
    assert.ok(report !== undefined && "nodes" in report, line);
    assert.deepEqual([report.nodes, report.allowedNodes], [{ 1: hugepages.bytes }, "1"]);
    await cluster.removePod(pod);
  }));

Deno.test("a container with a claim is refused where a handler of Kata Containers runs it, and only then", () =>
  withRuntime(nodeRuntime(), [], async (cluster) => {
    await cluster.claims.startDriver();
    const pod = await cluster.startPod([hugepages], { runtimeHandler: "kata-lab" });
    await assert.rejects(cluster.startMain(pod), /the runtime handler kata-lab runs it in a virtual machine/);
    const container = await cluster.cri.startContainer(pod.sandbox, { name: "other" });
    assert.deepEqual(await cluster.limits(pod, container), untouched);
    await cluster.removePod(pod);
  }));
