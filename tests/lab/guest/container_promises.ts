import assert from "node:assert/strict";
import { parseReport } from "../../workload/report.ts";
import { checkPromises, hugepages } from "./placement_promises.ts";
import { limitsOf, type RuntimeCluster, untouched } from "./runtime_cluster.ts";
import { Workload } from "./workload.ts";

const page = 2 << 20;

/** How often `validate` may find the runtime slow to answer, whose time is not made for an emulated processor. */
const attempts = 3;

/** What containers of a real runtime get from the driver, and keep: steps on the machine `two-nodes`. */
export async function checkContainers(t: Deno.TestContext, cluster: RuntimeCluster): Promise<void> {
  await cluster.claims.startDriver();

  await t.step("validate finds nothing that is wrong", async () => {
    let report = await cluster.runtime.validate();
    for (let attempt = 1; !report.success && attempt < attempts; attempt++) {
      report = await cluster.runtime.validate();
    }
    assert.ok(report.success, report.text);
  });

  await checkPromises(t, cluster);

  await t.step("pod and container get the limits of the claim, the container its node as well", async () => {
    const pod = await cluster.startPod([hugepages]);
    const container = await cluster.startMain(pod);
    assert.deepEqual(await cluster.limits(pod, container), limitsOf(hugepages));
    assert.deepEqual(await cluster.limits(pod), { ...limitsOf(hugepages), mems: "" });
    await cluster.removePod(pod);
  });

  await t.step("a container finds its pages on its node and not one more, at each start", async () => {
    const pod = await cluster.startPod([hugepages]);
    const run = async (attempt: number, bytes: number) => {
      const args = ["--bytes", `${bytes}`, "--hugepages", "2m"];
      const { sandbox, cdiDevices } = pod;
      const lines = await cluster.cri.runToEnd(sandbox, { name: "main", attempt, cdiDevices, args });
      return lines.map(parseReport);
    };
    const [first] = await run(0, hugepages.bytes);
    assert.ok(first !== undefined && "nodes" in first, JSON.stringify(first));
    assert.deepEqual(first.nodes, { 1: hugepages.bytes });
    assert.equal(first.allowedNodes, "1");
    assert.deepEqual(await run(1, hugepages.bytes + page), [{ failed: "mmap", reason: "ENOMEM" }]);
    await cluster.removePod(pod);
  });

  await t.step("a container without claims is left alone", async () => {
    const pod = await cluster.startPod([]);
    assert.deepEqual(await cluster.limits(pod, await cluster.startMain(pod)), untouched);
    await cluster.removePod(pod);
  });

  await t.step("a claim is refused to a second container, and the runtime says why", async () => {
    const pod = await cluster.startPod([hugepages]);
    await cluster.startMain(pod);
    await assert.rejects(
      cluster.cri.startContainer(pod.sandbox, { name: "sidecar", cdiDevices: pod.cdiDevices }),
      /claim default\/\S+ is owned by container main, and a claim belongs to one container/,
    );
    await cluster.removePod(pod);
  });

  await t.step("an environment that shows a claim without having it is refused", async () => {
    const owner = await cluster.startPod([hugepages]), other = await cluster.startPod([]);
    const showing = (uid: string | undefined) =>
      cluster.cri.startContainer(other.sandbox, {
        name: "main",
        env: {
          [`DRAMEMORY_${uid}_NUMANodes`]: "1",
          [`DRAMEMORY_${uid}_hugepages-2m`]: "numanode:1,size:64Mi",
        },
      });
    await assert.rejects(showing(owner.claims[0]?.uid), /is prepared for pod \S+, not for this one/);
    await assert.rejects(showing(crypto.randomUUID()), /is not prepared on this node/);
    for (const pod of [owner, other]) await cluster.removePod(pod);
  });

  await t.step(
    "containers keep what they have when the runtime restarts, and new ones get theirs",
    async () => {
      const share = { ...hugepages, bytes: 4 * page };
      const pod = await cluster.startPod([share]), next = await cluster.startPod([share]);
      const container = await cluster.startMain(pod);
      {
        await using memory = new Workload({
          cgroup: cluster.cgroupOf(pod, container),
          bytes: page,
          page: "2m",
        });
        assert.deepEqual(await memory.outcome(), { 1: page });
        await cluster.runtime.stop();
        await cluster.runtime.start();
        await cluster.claims.driverReady();
        assert.deepEqual(await cluster.limits(pod, container), limitsOf(share));
        assert.deepEqual(await memory.whereNow(), { 1: page });
        assert.deepEqual(await cluster.limits(next, await cluster.startMain(next)), limitsOf(share));
        await assert.rejects(
          cluster.cri.startContainer(pod.sandbox, { name: "sidecar", cdiDevices: pod.cdiDevices }),
          /is owned by container main/,
        );
      }
      for (const each of [pod, next]) await cluster.removePod(each);
    },
  );

  await cluster.claims.daemon.stop();
}
