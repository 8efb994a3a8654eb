import assert from "node:assert/strict";
import { driverName } from "../../core/values/driver.ts";
import { scheduledClaim } from "./objects.ts";
import { assertPrepared, onNode } from "./tested_node.ts";

Deno.test("200 pods come and go at once: every claim is prepared, twice the same, and given back", async () => {
  await onNode(async (node) => {
    await node.readyDriver();
    const claims = Array.from(
      { length: 200 },
      (_, index) => scheduledClaim(node, `claim-${index}`, { size: "8Mi" }),
    );
    const prepareAll = () => Promise.all(claims.map((claim) => node.prepare(claim)));
    const answers = await prepareAll();
    assert.ok(answers.every(({ kind }) => kind === "prepared"));
    assert.equal(node.specFiles().length, 200);
    assert.deepEqual(await prepareAll(), answers);

    const together = await node.cluster.kubelet.unprepare(driverName, claims.slice(0, 100));
    const apart = await Promise.all(claims.slice(100).map((claim) => node.unprepare(claim)));
    assert.ok([...together.values(), ...apart].every(({ kind }) => kind === "unprepared"));
    assert.deepEqual(node.specFiles(), []);
  });
});

Deno.test("calls for one claim come all at once, prepare and unprepare mixed: the last one counts", async () => {
  await onNode(async (node) => {
    await node.readyDriver();
    const claim = scheduledClaim(node, "a");
    const calls = Array.from(
      { length: 20 },
      (_, index) => index % 2 === 0 ? node.prepare(claim) : node.unprepare(claim),
    );
    assert.ok((await Promise.all(calls)).every(({ kind }) => kind !== "failed"));
    await node.unprepare(claim);
    assert.deepEqual(node.specFiles(), []);
    assertPrepared(await node.prepare(claim));
  });
});
