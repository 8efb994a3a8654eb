import assert from "node:assert/strict";
import { resourceClaims } from "../../adapters/simulator/api_server/resources.ts";
import { type ClaimOptions, forget, reserveAlso, scheduledClaim } from "./objects.ts";
import { assertPrepared, onNode, refusalIn } from "./tested_node.ts";

Deno.test("claims that are not to be prepared are refused with a reason to act on, and leave no trace", async (test) => {
  await onNode(async (node) => {
    await node.readyDriver();
    const refusals: Record<string, [ClaimOptions, RegExp]> = {
      "two containers use the claim": [
        { containers: ["web", "worker"] },
        /the containers web and worker of pod \S+ use it.*give each a claim of its own$/,
      ],
      "an init container and a container use the claim": [
        { initContainers: ["setup"] },
        /the containers setup and app of pod/,
      ],
      "opaque configuration for the driver says nothing that it knows": [
        { configuredDrivers: ["gpu.example.com", "dra.memory"] },
        /its configuration cannot be used: apiVersion: it is missing; kind: it is missing$/,
      ],
      "its memory would be limited where not all of cgroup v2 is": [
        { device: "memory-numa0", memoryConfig: { limits: { max: "claim" } } },
        /limits: memory is limited by cgroup v2 alone, and this node does not have all of it there/,
      ],
      "its limits contradict each other": [
        { device: "memory-numa0", memoryConfig: { limits: { highPercent: 50, minPercent: 60 } } },
        /limits\.minPercent: 60 is above limits\.highPercent, 50:/,
      ],
      "hugepages would be limited": [
        { memoryConfig: { limits: { swap: "forbidden" } } },
        /limits\.swap: it is for memory, and request main was given hugepages-2m/,
      ],
      "the claim wants more than the node has": [{ size: "4Gi" }, /hugepages-2m-numa0/],
      "the device is not of this node": [{ device: "hugepages-2m-numa7" }, /hugepages-2m-numa7/],
    };
    for (const [index, [fault, [options, message]]] of Object.entries(refusals).entries()) {
      await test.step(`${fault}: refused`, async () => {
        const refused = await node.prepare(scheduledClaim(node, `refused-${index}`, options));
        assert.match(refusalIn(refused), message);
      });
    }

    await test.step("the claim is reserved for two pods: refused, until one is gone", async () => {
      const claim = scheduledClaim(node, "shared");
      const reservedOnce = reserveAlso(node, claim, "second-pod");
      const refused = await node.prepare(claim);
      assert.match(refusalIn(refused), /reserved for 2 pods/);
      reservedOnce();
      assertPrepared(await node.prepare(claim));
      await node.unprepare(claim);
    });

    await test.step("the claim is gone, or another one has its name: refused", async () => {
      const claim = scheduledClaim(node, "gone");
      forget(node, claim);
      const gone = await node.prepare(claim);
      assert.match(refusalIn(gone), /there is no such claim/);
      scheduledClaim(node, "gone");
      assert.deepEqual(await node.prepare(claim), gone);
    });

    await test.step("a uid that would lead out of the directory: refused", async () => {
      const evil = { ...scheduledClaim(node, "evil"), uid: "../../etc/passwd" };
      assert.equal((await node.prepare(evil)).kind, "failed");
      assert.equal((await node.unprepare(evil)).kind, "failed");
    });

    assert.deepEqual(node.specFiles(), []);
  });
});

Deno.test("what became of a claim meanwhile does not matter once it is prepared, or to be given back", async (test) => {
  await onNode(async (node) => {
    await node.readyDriver();

    await test.step("a second pod is reserved for a prepared claim: answered as before", async () => {
      const claim = scheduledClaim(node, "a");
      const answer = await node.prepare(claim);
      assertPrepared(answer);
      reserveAlso(node, claim, "second-pod");
      assert.deepEqual(await node.prepare(claim), answer);
    });

    await test.step("a prepared claim's object is gone: unprepared", async () => {
      const claim = scheduledClaim(node, "b");
      await node.prepare(claim);
      forget(node, claim);
      for (let time = 0; time < 2; time++) assert.equal((await node.unprepare(claim)).kind, "unprepared");
    });

    await test.step("nobody knows the claim: unprepared", async () => {
      const unknown = { namespace: "default", name: "unknown", uid: crypto.randomUUID() };
      assert.equal((await node.unprepare(unknown)).kind, "unprepared");
    });

    await test.step("a claim is given back and another pod takes it: prepared anew", async () => {
      const claim = scheduledClaim(node, "c");
      const answer = await node.prepare(claim);
      await node.unprepare(claim);
      assert.deepEqual(await node.prepare(claim), answer);
    });

    const { store } = node.cluster.api;
    const left = ["a", "c"].map((name) =>
      store.get(resourceClaims, { namespace: "default", name }).metadata.uid
    );
    assert.deepEqual(node.specFiles(), left.map((uid) => `dra.memory-claim_${uid}.json`).sort());
  });
});
