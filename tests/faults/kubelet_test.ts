import assert from "node:assert/strict";
import { driverName } from "../../core/values/driver.ts";
import { scheduledClaim } from "./objects.ts";
import { assertPrepared, onNode } from "./tested_node.ts";
import { until } from "../until.ts";

const registered = "registered with the kubelet";

Deno.test("the kubelet is restarted: it finds the driver's sockets where they were, and claims go on", async () => {
  await onNode(async (node) => {
    const driver = await node.readyDriver();
    const claim = scheduledClaim(node, "a"), sockets = node.sockets();
    const answer = await node.prepare(claim);
    await node.cluster.kubelet.restart();
    await driver.said(registered, 2);
    assert.deepEqual(node.sockets(), sockets);
    assert.deepEqual(await node.prepare(claim), answer);
  });
});

Deno.test("the registration directory is wiped: the driver registers again by itself", async () => {
  await onNode(async (node) => {
    const driver = await node.readyDriver();
    const claim = scheduledClaim(node, "a"), sockets = node.sockets();
    const answer = await node.prepare(claim);
    await Deno.remove(`${node.cluster.paths.kubeletRoot}/plugins_registry`, { recursive: true });
    await until("the driver's sockets", () => node.sockets().length === sockets.length || undefined, 5);
    await driver.said(registered, 2);
    assert.deepEqual(await node.prepare(claim), answer);
  });
});

Deno.test("the driver's own directory is wiped: connections go on, and new ones find the socket again", async () => {
  await onNode(async (node) => {
    const driver = await node.readyDriver();
    const claim = scheduledClaim(node, "a"), sockets = node.sockets();
    const answer = await node.prepare(claim);
    await Deno.remove(`${node.cluster.paths.kubeletRoot}/plugins`, { recursive: true });
    assert.deepEqual(await node.prepare(claim), answer);
    await until("the driver's sockets", () => node.sockets().length === sockets.length || undefined, 5);
    await node.cluster.kubelet.restart();
    await driver.said(registered, 2);
    assert.deepEqual(await node.prepare(claim), answer);
  });
});

Deno.test("the kubelet starts after the driver: it finds the driver's socket and registers it", async () => {
  await onNode(async (node) => {
    await node.cluster.kubelet.stop();
    const driver = node.startDriver();
    await driver.said("slices published");
    await node.cluster.kubelet.start();
    await driver.said(registered);
    await node.cluster.kubelet.registered(driverName);
    assertPrepared(await node.prepare(scheduledClaim(node, "a")));
  });
});
