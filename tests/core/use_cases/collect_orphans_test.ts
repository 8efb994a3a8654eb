import assert from "node:assert/strict";
import { encodeEnvironment } from "../../../core/claims/environment.ts";
import { Placements } from "../../../core/claims/placements.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import { containerId } from "../../../core/values/ids.ts";
import { ClusterUnavailableError } from "../../../core/ports/claim_source.ts";
import { CollectOrphans } from "../../../core/use_cases/collect_orphans.ts";
import { ContainerPlacement } from "../../../core/use_cases/container_placement.ts";
import { allocationOf, MiB, podOf, preparedClaim, uidOf } from "../samples.ts";
import { driver } from "./claim_driver.ts";

/** A driver with claim 1 on record, which the cluster does not know. */
async function withOrphan() {
  const parts = driver();
  parts.records.stored.set(uidOf(1), preparedClaim(1, [allocationOf("memory-numa0", MiB)]));
  await parts.lifecycle.recover();
  return { ...parts, orphans: new CollectOrphans({ ...parts, service: parts.lifecycle }) };
}

Deno.test("a claim that the cluster does not know is given back in the second run, not in the first", async () => {
  const { orphans, records, ledger, recorder } = await withOrphan();
  await orphans.run();
  assert.equal(records.stored.size, 1);
  await orphans.run();
  assert.deepEqual([records.stored.size, ledger.usedBytes("memory-numa0")], [0, 0n]);
  assert.deepEqual(recorder.kinds().slice(-2), ["orphan-collected", "claim-unprepared"]);
});

Deno.test("a claim whose name another one took is an orphan, one that is still there is none", async () => {
  const { orphans, records, claims } = await withOrphan();
  const reference = { namespace: "default", name: "claim-1", uid: uidOf(1) };
  claims.claims.set("claim-1", { reference, reservedFor: [] });
  for (let run = 0; run < 3; run++) await orphans.run();
  assert.equal(records.stored.size, 1);
  claims.claims.set("claim-1", { reference: { ...reference, uid: uidOf(2) }, reservedFor: [] });
  for (let run = 0; run < 2; run++) await orphans.run();
  assert.equal(records.stored.size, 0);
});

Deno.test("a claim whose container exists is left to the kubelet", async () => {
  const parts = await withOrphan();
  const placement = new ContainerPlacement({ ...parts, podCgroups: undefined, placements: new Placements() });
  const environment = [...parts.ledger.claims()].flatMap(environmentsOf).flatMap(encodeEnvironment);
  const sandbox = { reference: podOf(1), cgroupParent: "/kubepods/pod1" };
  const container = {
    id: containerId("1"),
    name: "app",
    environment,
    applied: { mems: "", hugetlbBytes: new Map() },
  };
  await placement.place(sandbox, container);
  for (let run = 0; run < 3; run++) await parts.orphans.run();
  assert.equal(parts.records.stored.size, 1);
  await placement.removed(sandbox, container);
  for (let run = 0; run < 2; run++) await parts.orphans.run();
  assert.equal(parts.records.stored.size, 0);
});

Deno.test("nothing is given back because the cluster cannot be asked", async () => {
  const { orphans, records, claims } = await withOrphan();
  await orphans.run();
  claims.answering = () => Promise.reject(new ClusterUnavailableError("away"));
  await assert.rejects(orphans.run(), ClusterUnavailableError);
  assert.equal(records.stored.size, 1);
});
