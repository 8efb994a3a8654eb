import assert from "node:assert/strict";
import type { TestedDriver } from "./_tested_driver.ts";
import { scheduledClaim } from "./objects.ts";
import { onNode, type TestedNode } from "./tested_node.ts";
import { until } from "../until.ts";

const inOrder = { code: 0, signal: null };

/** Begins to prepare a claim that the API server keeps waiting for a second or two; resolves once it has. */
async function slowPrepare(node: TestedNode) {
  let asked = false;
  // Of the claim alone: the driver may only now open its watch of the slices.
  node.cluster.api.faults = ({ path }) => {
    if (asked || !path.includes("/resourceclaims/")) return undefined;
    asked = true;
    return { status: 429, retryAfterSeconds: 1 };
  };
  const prepared = node.prepare(scheduledClaim(node, "slow"));
  await until("the driver to ask for the claim", () => asked || undefined);
  return { prepared };
}

async function endsInOrder(node: TestedNode, driver: TestedDriver): Promise<void> {
  assert.deepEqual(await driver.ended, inOrder);
  assert.deepEqual(node.sockets(), []);
}

Deno.test("SIGTERM comes while a claim is prepared: that is finished, then the sockets go and the driver ends", async () => {
  await onNode(async (node) => {
    const driver = await node.readyDriver();
    const { prepared } = await slowPrepare(node);
    driver.signal("SIGTERM");
    assert.equal((await prepared).kind, "prepared");
    await endsInOrder(node, driver);
    assert.equal(node.specFiles().length, 1);
  });
});

Deno.test("further signals come while the driver ends: they change nothing", async () => {
  await onNode(async (node) => {
    const driver = await node.readyDriver();
    const { prepared } = await slowPrepare(node);
    for (const signal of ["SIGTERM", "SIGTERM", "SIGHUP", "SIGINT"] as const) driver.signal(signal);
    assert.equal((await prepared).kind, "prepared");
    await endsInOrder(node, driver);
  });
});

Deno.test("SIGTERM comes while the driver starts: it ends in order", async () => {
  await onNode(async (node) => {
    const driver = node.startDriver();
    await driver.said("registered with the kubelet");
    await driver.stop();
    assert.deepEqual(node.sockets(), []);
  });
});

Deno.test("SIGTERM comes while the API server hangs: the sockets go at once, and the driver ends in order", async () => {
  await onNode(async (node) => {
    const driver = await node.readyDriver();
    let asked = false;
    node.cluster.api.faults = () => {
      asked = true;
      return "hang";
    };
    driver.signal("SIGHUP");
    await until("the driver to ask for its slices", () => asked || undefined);
    driver.signal("SIGTERM");
    await until("the sockets to go", () => node.sockets().length === 0 || undefined);
    await node.cluster.api.stop();
    await endsInOrder(node, driver);
  });
});
