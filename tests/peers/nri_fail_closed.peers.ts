import assert from "node:assert/strict";
import { allocation, preparedClaim } from "../adapters/claims.ts";
import { eventually } from "./bounded.ts";
import { requirePeer } from "./go.ts";
import { nriProgram } from "./nri/binaries.ts";
import { container, TestNode } from "./nri/node.ts";
import { NriRuntimeError } from "./nri/runtime.ts";

const pages = preparedClaim("c1", allocation("a", "hugepages-2m", 0, "64Mi"));
const placed = { mems: "0", hugepages: { "2MB": 64n << 20n } };
const notPlaced = { mems: "", hugepages: {} };
const newest = await requirePeer(nriProgram("0.12.5"));
const older = await requirePeer(nriProgram("0.12.0"));

Deno.test("NRI 0.12.5: --fail-closed fails each container that was not answered for, and the plugin stays", async () => {
  const answering = Promise.withResolvers<void>();
  await using node = await TestNode.start(newest, {
    claims: [pages],
    failClosed: true,
    requestTimeoutMs: 300,
    answering: () => answering.promise,
  });
  for (const name of ["app", "other", "third"]) {
    await assert.rejects(node.runtime.createContainer(container(name, pages)), NriRuntimeError);
  }
  answering.resolve();
  assert.deepEqual(await node.runtime.createContainer(container("app", pages)), placed);
  assert.deepEqual((await node.runtime.state()).containers.map(({ name }) => name), ["app"]);
});

Deno.test("NRI 0.12.5: a plugin that is away is not waited for, whatever its policy was", async () => {
  await using node = await TestNode.start(newest, { claims: [pages], failClosed: true });
  await node.stopPlugin();
  // Until the runtime has noticed, it fails them.
  const unadjusted = await eventually("a container that starts", 10_000, async () => {
    try {
      return await node.runtime.createContainer(container("app", pages));
    } catch (error) {
      if (!(error instanceof NriRuntimeError)) throw error;
    }
  });
  assert.deepEqual(unadjusted, notPlaced);
});

Deno.test("NRI 0.12.5: the policy is asked for with --fail-closed alone", async () => {
  for (const failClosed of [true, false]) {
    await using node = await TestNode.start(newest, { failClosed });
    await node.stopPlugin();
    node.startPlugin();
    const { reply } = await node.runtime.event("configured");
    assert.deepEqual(
      reply.failurePolicy,
      failClosed ? { failRequest: true, keepConnected: true } : undefined,
    );
    await node.runtime.event("synchronized");
  }
});

Deno.test("NRI 0.12.0: a runtime without the policy is served all the same", async () => {
  await using node = await TestNode.start(older, { claims: [pages], failClosed: true });
  assert.deepEqual(await node.runtime.createContainer(container("app", pages)), placed);
});
