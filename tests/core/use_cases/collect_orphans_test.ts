import assert from "node:assert/strict";
import { encodeEnvironment } from "../../../core/claims/environment.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import { containerId } from "../../../core/values/ids.ts";
import { ClusterUnavailableError } from "../../../core/ports/claim_source.ts";
import { AdjustContainers } from "../../../core/use_cases/adjust_containers.ts";
import { CollectOrphans } from "../../../core/use_cases/collect_orphans.ts";
import { allocationOf, MiB, podOf, preparedClaim, uidOf } from "../samples.ts";
import { driver } from "./claim_driver.ts";

/** A driver with claim 1 in its checkpoint, which the cluster does not know. */
async function withOrphan() {
  const parts = driver();
  parts.checkpoint.stored.set(uidOf(1), preparedClaim(1, [allocationOf("memory-numa0", MiB)]));
  await parts.store.recover();
  return { ...parts, orphans: new CollectOrphans({ ...parts, service: parts.lifecycle }) };
}

Deno.test("a claim that the cluster does not know is given back in the second run, not in the first", async () => {
  const { orphans, checkpoint, store, events } = await withOrphan();
  await orphans.run();
  assert.equal(checkpoint.stored.size, 1);
  await orphans.run();
  assert.deepEqual([checkpoint.stored.size, store.usedBytes("memory-numa0")], [0, 0n]);
  assert.deepEqual(events.kinds().slice(-2), ["orphan-collected", "claim-unprepared"]);
});

Deno.test("a claim whose name another one took is an orphan, one that is still there is none", async () => {
  const { orphans, checkpoint, claims } = await withOrphan();
  const reference = { namespace: "default", name: "claim-1", uid: uidOf(1) };
  claims.claims.set("claim-1", { reference, reservedFor: [] });
  for (let run = 0; run < 3; run++) await orphans.run();
  assert.equal(checkpoint.stored.size, 1);
  claims.claims.set("claim-1", { reference: { ...reference, uid: uidOf(2) }, reservedFor: [] });
  for (let run = 0; run < 2; run++) await orphans.run();
  assert.equal(checkpoint.stored.size, 0);
});

Deno.test("a claim whose container exists is left to the kubelet", async () => {
  const parts = await withOrphan();
  const adjusting = new AdjustContainers(parts);
  const environment = [...parts.store.claims()].flatMap(environmentsOf).flatMap(encodeEnvironment);
  const sandbox = { reference: podOf(1), cgroupParent: "/kubepods/pod1" };
  const container = {
    id: containerId("1"),
    name: "app",
    environment,
    applied: { mems: "", hugetlbBytes: new Map() },
  };
  await adjusting.adjust(sandbox, container);
  for (let run = 0; run < 3; run++) await parts.orphans.run();
  assert.equal(parts.checkpoint.stored.size, 1);
  await adjusting.removed(sandbox, container);
  for (let run = 0; run < 2; run++) await parts.orphans.run();
  assert.equal(parts.checkpoint.stored.size, 0);
});

Deno.test("nothing is given back because the cluster cannot be asked", async () => {
  const { orphans, checkpoint, claims } = await withOrphan();
  await orphans.run();
  claims.answering = () => Promise.reject(new ClusterUnavailableError("away"));
  await assert.rejects(orphans.run(), ClusterUnavailableError);
  assert.equal(checkpoint.stored.size, 1);
});
