import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { DraClient } from "../../adapters/simulator/kubelet/dra_client.ts";
import { until } from "../until.ts";
import type { TestedDriver } from "./_tested_driver.ts";
import { assertPrepared, onNode } from "./tested_node.ts";
import { scheduledClaim } from "./objects.ts";

/** As the build sets them: without, the driver cannot tell V8 to let go of anything. */
const builtFlags = { DENO_V8_FLAGS: "--expose-gc,--no-memory-pool" };
const maxGrowthMebibytes = 20;

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const greeting = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/** What clients begin with before they leave. */
const beginnings = {
  "greet and leave": ascii(greeting),
  "acknowledge settings before there are any": ascii(`${greeting}\0\0\0\x04\x01\0\0\0\0`),
  "send a frame that is no frame": ascii(`${greeting}\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f`),
};

for (const [what, beginning] of Object.entries(beginnings)) {
  Deno.test(`5,000 clients connect to the kubelet's socket and ${what}: the driver is as small as before`, async () => {
    await onNode(async (node) => {
      const driver = await node.readyDriver({}, builtFlags);
      const path = `${node.cluster.paths.kubeletRoot}/plugins/dra.memory/dra.sock`;
      assertPrepared(await node.prepare(scheduledClaim(node, "before")));
      await connect(path, 200, beginning);
      const before = await lowest(driver);
      await connect(path, 5_000, beginning);
      await until(
        `the driver to give back what it took beyond ${before} MiB`,
        () => driver.anonymousMebibytes() < before + maxGrowthMebibytes,
        15,
      );
      assertPrepared(await node.prepare(scheduledClaim(node, "after")));
    });
  });
}

Deno.test("a request beyond what a pod's claims come to is refused before it is whole, and the next one is answered", async () => {
  await onNode(async (node) => {
    await node.readyDriver();
    const claim = scheduledClaim(node, "a");
    const client = new DraClient(`${node.cluster.paths.kubeletRoot}/plugins/dra.memory/dra.sock`);
    const padded = Array.from({ length: 4_000 }, (_, index) => ({
      namespace: "default",
      name: `${index}-${"x".repeat(200)}`,
      uid: crypto.randomUUID(),
    }));
    await assert.rejects(client.prepare("v1", padded), /RESOURCE_EXHAUSTED: .*larger than max/);
    assert.equal((await client.prepare("v1", [claim])).get(claim.uid)?.kind, "prepared");
    await client.close();
  });
});

/** What the driver holds once it has given back what its start took. */
async function lowest(driver: TestedDriver): Promise<number> {
  let mebibytes = Infinity;
  for (let look = 0; look < 20; look++) {
    mebibytes = Math.min(mebibytes, driver.anonymousMebibytes());
    await sleep(200);
  }
  return mebibytes;
}

/** A few at a time, each until it is answered. */
async function connect(path: string, count: number, beginning: Uint8Array): Promise<void> {
  let left = count;
  const connecting = async () => {
    while (left-- > 0) {
      using connection = await Deno.connect({ transport: "unix", path });
      await connection.write(beginning);
      assert.notEqual(await connection.read(new Uint8Array(64)), null);
    }
  };
  await Promise.all(Array.from({ length: 8 }, connecting));
}
