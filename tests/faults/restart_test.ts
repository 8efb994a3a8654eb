import assert from "node:assert/strict";
import { limitsOf, runContainer } from "./_containers.ts";
import { forget, scheduledClaim } from "./objects.ts";
import { onNode } from "./tested_node.ts";
import { until } from "../until.ts";

for (const [how, end] of [["stopped", "stop"], ["killed", "kill"]] as const) {
  Deno.test(`the driver is ${how} and started again: claims are answered as before, even if the cluster forgot them`, async () => {
    await onNode(async (node) => {
      const first = await node.readyDriver();
      const claims = ["a", "b"].map((name) => scheduledClaim(node, name));
      const answers = await Promise.all(claims.map((claim) => node.prepare(claim)));
      assert.deepEqual(answers.map((answer) => answer.kind), ["prepared", "prepared"]);
      const sockets = node.sockets();
      await first[end]();
      assert.deepEqual(node.sockets(), end === "stop" ? [] : sockets);

      claims.forEach((claim) => forget(node, claim));
      await node.readyDriver();
      assert.deepEqual(await Promise.all(claims.map((claim) => node.prepare(claim))), answers);
      assert.deepEqual(node.sockets(), sockets);
      for (const claim of claims) assert.equal((await node.unprepare(claim)).kind, "unprepared");
      assert.deepEqual(node.specFiles(), []);
    });
  });
}

Deno.test("the driver is killed beside a running container: the next one leaves its limits as they are", async () => {
  await onNode(async (node) => {
    const first = await node.readyDriver();
    const container = await runContainer(node, scheduledClaim(node, "a"));
    const limits = await limitsOf(node, container);
    assert.deepEqual(limits, ["0", ...Array(4).fill(`${64 << 20}`)]);
    await first.kill();
    await (await node.readyDriver()).said("containers synchronized seen=1 updated=0");
    assert.deepEqual(await limitsOf(node, container), limits);
  });
});

Deno.test("a container starts while the driver is away: it is pinned and limited when the driver is back", async () => {
  await onNode(async (node) => {
    const apart = await node.startDriver({ "nri-socket": `${node.directory}/nowhere.sock` });
    await apart.said("registered with the kubelet");
    const container = await runContainer(node, scheduledClaim(node, "a"));
    assert.deepEqual(await limitsOf(node, container), ["", "0", "0", "0", "0"]);
    await apart.stop();
    await (await node.readyDriver()).said("containers synchronized seen=1 updated=1");
    const limits = ["0", ...Array(4).fill(`${64 << 20}`)].join();
    await until("the limits", async () => (await limitsOf(node, container)).join() === limits || undefined);
  });
});
