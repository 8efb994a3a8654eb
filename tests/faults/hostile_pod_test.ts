import assert from "node:assert/strict";
import { scheduledClaim } from "./objects.ts";
import { onNode } from "./tested_node.ts";

const uid = "1de0c0de-0000-4000-8000-000000000001";
const forged = [`DRAMEMORY_${uid}_NUMANodes=0`, `DRAMEMORY_${uid}_memory=numanode:0,size:1Mi`];

Deno.test("one pod shows forged claims again and again: each container is refused, and it is told once", async () => {
  await onNode(async (node) => {
    const driver = await node.readyDriver();
    const { runtime } = node.cluster;
    const pod = await runtime.runPod(scheduledClaim(node, "a").pod);
    for (let count = 0; count < 200; count++) {
      const shown = count % 2 === 0 ? uid : crypto.randomUUID();
      const environment = forged.map((entry) => entry.replace(uid, shown));
      await assert.rejects(runtime.createContainer(pod, { name: "app", environment }), /is not prepared/);
    }
    await driver.stop();
    assert.equal(driver.log.split("container refused").length - 1, 1);
  });
});

Deno.test("a Service called as the driver is puts its variables into containers: they start", async () => {
  await onNode(async (node) => {
    await node.readyDriver();
    const { runtime } = node.cluster;
    const pod = await runtime.runPod(scheduledClaim(node, "a").pod);
    const environment = [
      "DRAMEMORY_SERVICE_HOST=10.96.0.17",
      "DRAMEMORY_PORT_9177_TCP=tcp://10.96.0.17:9177",
    ];
    const container = await runtime.createContainer(pod, { name: "app", environment });
    assert.deepEqual(container.environment, environment);
  });
});

Deno.test("a container puts more forged variables in front of its own claim's than are looked at: it does not start without limits", async () => {
  await onNode(async (node) => {
    await node.readyDriver();
    const claim = scheduledClaim(node, "a");
    const outcome = await node.prepare(claim);
    assert.ok(outcome.kind === "prepared");
    const { runtime } = node.cluster;
    const pod = await runtime.runPod(claim.pod);
    const request = { name: "app", cdiDevices: outcome.devices.flatMap(({ cdiDeviceIds }) => cdiDeviceIds) };
    const environment = Array.from({ length: 5_000 }, (_, index) => `DRAMEMORY_${index}_memory=`);
    await assert.rejects(
      runtime.createContainer(pod, { ...request, environment }),
      /more variables of this form/,
    );
    await runtime.createContainer(pod, request);
  });
});
