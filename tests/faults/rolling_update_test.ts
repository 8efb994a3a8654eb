import assert from "node:assert/strict";
import type { RequestedClaim } from "../../core/ports/dra_service.ts";
import { limitsOf, runContainer } from "./_containers.ts";
import { duringUpdate, withInstances } from "./_instances.ts";
import { forget, scheduledClaim } from "./objects.ts";
import { devicesOn, sliceRequests } from "./_slices.ts";
import { assertPrepared, onNode, refusalIn, type TestedNode } from "./tested_node.ts";
import { until } from "../until.ts";

Deno.test("two instances during an update: each answers for and gives back what the other has prepared", async () => {
  await duringUpdate(async (node) => {
    const claims = Array.from(
      { length: 40 },
      (_, index) => scheduledClaim(node, `claim-${index}`, { size: "8Mi" }),
    );
    await withInstances(node, async (former, young) => {
      const answers = await Promise.all(claims.map((claim, index) => {
        return index % 2 === 0 ? former.prepare(claim) : young.prepare(claim);
      }));
      answers.forEach(assertPrepared);
      assert.deepEqual(await Promise.all(claims.map(former.prepare)), answers);
      assert.deepEqual(await Promise.all(claims.map(young.prepare)), answers);
      await Promise.all(claims.map((claim, index) => {
        return index % 2 === 0 ? young.unprepare(claim) : former.unprepare(claim);
      }));
      assert.deepEqual(node.specFiles(), []);
    });
  });
});

Deno.test("two instances during an update: none answers for a claim that the other has given back", async () => {
  await duringUpdate(async (node) => {
    const claim = scheduledClaim(node, "a");
    await withInstances(node, async (former, young) => {
      assertPrepared(await former.prepare(claim));
      assertPrepared(await young.prepare(claim));
      forget(node, claim);
      await young.unprepare(claim);
      assert.match(refusalIn(await former.prepare(claim)), /there is no such claim/);
    });
  });
});

Deno.test("two instances during an update: they do not give the same bytes away twice", async () => {
  await duringUpdate(async (node) => {
    // The node has 2Gi of these pages: there is room for four of the eight.
    const claims = Array.from(
      { length: 8 },
      (_, index) => scheduledClaim(node, `claim-${index}`, { size: "512Mi" }),
    );
    await withInstances(node, async (former, young) => {
      const outcomes = await Promise.all(claims.map((claim, index) => {
        return index % 2 === 0 ? former.prepare(claim) : young.prepare(claim);
      }));
      assert.equal(outcomes.filter(({ kind }) => kind === "prepared").length, 4);
      assert.equal(node.specFiles().length, 4);
    });
  });
});

Deno.test("two instances during an update: the kubelet asks both for one claim at once, and gets one answer", async () => {
  await duringUpdate(async (node) => {
    await withInstances(node, async (former, young) => {
      for (let round = 0; round < 10; round++) {
        const claim = scheduledClaim(node, `claim-${round}`, { size: "8Mi" });
        const [one, other] = await Promise.all([former.prepare(claim), young.prepare(claim)]);
        assertPrepared(one);
        assert.deepEqual(one, other);
      }
      assert.equal(node.specFiles().length, 10);
    });
  });
});

Deno.test("the old instance ends while calls go on: no call fails, and the new one's sockets stay", async () => {
  await duringUpdate(async (node, former) => {
    const claim = scheduledClaim(node, "a");
    const sockets = node.sockets();
    const outcomes = await callsWhile(node, claim, () => former.stop());
    assert.ok(outcomes.every((kind) => kind === "prepared"), outcomes.join());
    assert.equal(node.sockets().length, sockets.length / 2);
    assertPrepared(await node.prepare(scheduledClaim(node, "b")));
  });
});

Deno.test("the old instance ends beside a running container: the new one takes it over, and limits the next one", async () => {
  await duringUpdate(async (node, former, young) => {
    const container = await runContainer(node, scheduledClaim(node, "a"));
    const limits = await limitsOf(node, container);
    await former.stop();
    await young.said("containers synchronized seen=1 updated=0");
    assert.deepEqual(await limitsOf(node, container), limits);
    const next = await runContainer(node, scheduledClaim(node, "b"));
    assert.deepEqual(await limitsOf(node, next), limits);
  });
});

Deno.test("the new instance ends while calls go on: they fail at most until the kubelet calls the old one", async () => {
  await duringUpdate(async (node, _, young) => {
    const outcomes = await callsWhile(node, scheduledClaim(node, "a"), () => young.stop());
    const changes = outcomes.filter((kind, index) => kind !== outcomes[index - 1]);
    assert.match(changes.join(), /^prepared(,failed,prepared)?$/);
  });
});

Deno.test("the new instance is killed: the old one goes on alone with what both have prepared", async () => {
  await duringUpdate(async (node, _, young) => {
    const a = scheduledClaim(node, "a"), b = scheduledClaim(node, "b");
    await withInstances(node, async (former, instance) => {
      const answers = [await former.prepare(a), await instance.prepare(b)];
      await young.kill();
      assert.deepEqual(await Promise.all([a, b].map(former.prepare)), answers);
      assertPrepared(await former.prepare(scheduledClaim(node, "c")));
    });
  });
});

Deno.test("a second driver is started without --rolling-update: it says so and ends, and the first one goes on", async () => {
  await onNode(async (node) => {
    const first = await node.readyDriver();
    const claim = scheduledClaim(node, "a");
    const answer = await node.prepare(claim);
    const sockets = node.sockets();
    for (
      const [flags, environment] of [[{}, {}], [{ "rolling-update": "" }, { POD_UID: "young" }]] as const
    ) {
      const second = node.startDriver(flags, environment);
      assert.equal((await second.ended).code, 1);
      assert.match(second.log, /another dramemory daemon does, and holds .* --rolling-update/);
    }
    assert.deepEqual(node.sockets(), sockets);
    assert.deepEqual(await node.prepare(claim), answer);
    await first.stop();
    await node.readyDriver();
    assert.deepEqual(await node.prepare(claim), answer);
  });
});

Deno.test("another process holds the lock of the checkpoints: a starting instance waits for it, and tells", async () => {
  await onNode(async (node) => {
    const directory = `${node.cluster.paths.kubeletRoot}/plugins/dra.memory`;
    await Deno.mkdir(directory, { recursive: true });
    const lock = await Deno.open(`${directory}/serialize.lock`, { write: true, create: true });
    await lock.lock(true);
    const young = node.startDriver({ "rolling-update": "" }, { POD_UID: "young" });
    await young.said("another instance holds the claims' checkpoint, waiting for it");
    lock.close();
    await young.ready();
  });
});

Deno.test("two instances see the node differently: they do not wear the API server out with undoing each other", async () => {
  await onNode(async (node) => {
    const former = node.startDriver({ "rolling-update": "" }, { POD_UID: "former" });
    await former.ready();
    const flags = { "rolling-update": "", "reserved-memory": "0:memory=1Gi" };
    const young = node.startDriver(flags, { POD_UID: "young" });
    await young.said("slices published");
    const since = node.cluster.api.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const writes = sliceRequests(node, since).get("PUT") ?? 0;
    assert.ok(writes < 20, `${writes} writes`);
    await former.stop();
    await until("the new instance's devices", async () => {
      return (await devicesOn(node))["memory-numa0"] === "9Gi" || undefined;
    });
  });
});

/** What became of the kubelet's calls for a claim, one after the other, while something happens and a bit longer. */
async function callsWhile(
  node: TestedNode,
  claim: RequestedClaim,
  action: () => Promise<void>,
): Promise<("prepared" | "failed")[]> {
  const outcomes = [(await node.prepare(claim)).kind];
  let since = Infinity;
  const ended = () => {
    since = outcomes.length;
  };
  const acting = action();
  acting.then(ended, ended);
  while (outcomes.length < since + 20) {
    outcomes.push(await node.prepare(claim).then(({ kind }) => kind, () => "failed"));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await acting;
  return outcomes;
}
