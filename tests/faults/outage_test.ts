import assert from "node:assert/strict";
import { scheduledClaim } from "./objects.ts";
import { devicesOn, removeSlices } from "./_slices.ts";
import { assertPrepared, onNode, refusalIn } from "./tested_node.ts";
import { until } from "../until.ts";

Deno.test("the API server hangs: prepared claims are answered, new ones fail in time, all is well afterwards", async () => {
  await onNode(async (node) => {
    await node.readyDriver();
    const devices = JSON.stringify(await devicesOn(node));
    const prepared = scheduledClaim(node, "prepared"), unprepared = scheduledClaim(node, "unprepared");
    const fresh = scheduledClaim(node, "fresh");
    const answer = await node.prepare(prepared);
    await node.prepare(unprepared);

    node.cluster.api.faults = () => "hang";
    removeSlices(node);
    const failing = node.prepare(fresh);
    assert.deepEqual(await node.prepare(prepared), answer);
    assert.equal((await node.unprepare(unprepared)).kind, "unprepared");
    const failed = await failing;
    assert.match(
      refusalIn(failed),
      /^Cannot read claim default\/fresh: no answer within \d+ ms/,
    );

    node.cluster.api.faults = () => undefined;
    assertPrepared(await node.prepare(fresh));
    await until("the slices", async () => JSON.stringify(await devicesOn(node)) === devices || undefined, 30);
  });
});
