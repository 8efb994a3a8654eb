import assert from "node:assert/strict";
import type { Fault, LoggedRequest } from "../../adapters/simulator/api_server/faults.ts";
import { scheduledClaim } from "./objects.ts";
import { devicesOn, removeSlices } from "./_slices.ts";
import { assertPrepared, onNode, refusalIn, type TestedNode } from "./tested_node.ts";
import { until } from "../until.ts";

const faults: Record<string, Fault> = {
  "409": { status: 409 },
  "410": { status: 410 },
  "429 and to be left alone for a second": { status: 429, retryAfterSeconds: 1 },
  "500": { status: 500 },
  "503 from a proxy that knows nothing of the API": { status: 503, plain: true },
  "nothing and breaks off": "close",
};

/** Has the next requests of a kind go wrong; returns how many of them have still to come. */
function failNext(
  { cluster: { api } }: TestedNode,
  fault: Fault,
  times: number,
  kind: (request: LoggedRequest) => boolean,
): () => number {
  let left = times;
  api.faults = (request) => kind(request) && left > 0 ? (left--, fault) : undefined;
  return () => left;
}

for (const [what, fault] of Object.entries(faults)) {
  Deno.test(`the API server answers ${what}: slices come right, and claims are prepared`, async () => {
    await onNode(async (node) => {
      await node.readyDriver();
      const devices = JSON.stringify(await devicesOn(node));
      for (const kind of [isSliceWrite, isSliceRequest]) {
        const left = failNext(node, fault, 2, kind);
        if (kind === isSliceRequest) node.cluster.api.closeWatches();
        removeSlices(node);
        await until("the slices", async () => {
          return left() === 0 && JSON.stringify(await devicesOn(node)) === devices || undefined;
        });
      }
      const left = failNext(node, fault, 2, ({ path }) => path.includes("/namespaces/"));
      const claim = scheduledClaim(node, "a");
      // What may be a passing trouble is waited for; of the rest the kubelet is told and tries again.
      const attempts = /^4(09|10)/.test(what) ? 2 : 0;
      for (let attempt = 0; attempt < attempts; attempt++) {
        assert.match(refusalIn(await node.prepare(claim)), /^Cannot read claim default\/a: injected fault 4/);
      }
      assertPrepared(await node.prepare(claim));
      assert.equal(left(), 0);
    });
  });
}

function isSliceRequest({ path }: LoggedRequest): boolean {
  return path.includes("/resourceslices");
}

function isSliceWrite(request: LoggedRequest): boolean {
  return isSliceRequest(request) && request.method !== "GET";
}

Deno.test("the API server is there only later: the driver starts, and publishes and prepares then", async () => {
  await onNode(async (node) => {
    node.cluster.api.faults = () => ({ status: 503 });
    const driver = node.startDriver();
    await driver.said("slices not published, trying again");
    await driver.said("registered with the kubelet");
    node.cluster.api.faults = () => undefined;
    await driver.ready();
    assertPrepared(await node.prepare(scheduledClaim(node, "a")));
  });
});

Deno.test("the API server takes the driver's token no more: claims say so, and no log line shows the token", async () => {
  await onNode(async (node) => {
    const driver = await node.readyDriver();
    const { api } = node.cluster, token = api.token;
    api.rotateToken();
    const refused = refusalIn(await node.prepare(scheduledClaim(node, "a")));
    assert.match(refused, /^Cannot read claim default\/a: .*renew the token/);
    assert.ok(![driver.log, refused].some((text) => text.includes(token)));
  });
});

Deno.test("the API server denies the driver: claims fail at once with what to do, and succeed once it may", async () => {
  await onNode(async (node) => {
    await node.readyDriver();
    node.cluster.api.faults = () => ({ status: 403 });
    const claim = scheduledClaim(node, "a");
    const refused = await node.prepare(claim);
    assert.match(
      refusalIn(refused),
      /^Cannot read claim default\/a: .*ClusterRole/,
    );
    node.cluster.api.faults = () => undefined;
    assertPrepared(await node.prepare(claim));
  });
});
