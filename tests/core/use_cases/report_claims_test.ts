import assert from "node:assert/strict";
import type { ClaimReference, PreparedClaim } from "../../../core/claims/claim.ts";
import {
  type ClaimReports,
  type DeviceReport,
  ReportRefusedError,
} from "../../../core/ports/claim_reports.ts";
import { ClusterUnavailableError } from "../../../core/ports/claim_source.ts";
import { ReportClaims } from "../../../core/use_cases/report_claims.ts";
import { claimUid, numaNodeId, podUid } from "../../../core/values/ids.ts";
import { parseResourceName } from "../../../core/values/resource_name.ts";

const pod = { namespace: "team", name: "p", uid: podUid("pod-1") };

function prepared(name: string): PreparedClaim {
  const share = { pool: "n/memory", shareId: "s", numaNode: numaNodeId(1), bytes: 1n << 30n };
  return {
    reference: { namespace: "team", name, uid: claimUid(name) },
    pod,
    allocations: [
      { ...share, request: "ram", device: "memory-numa1", resource: parseResourceName("memory") },
      {
        ...share,
        request: "pages",
        device: "hugepages-2m-numa1",
        resource: parseResourceName("hugepages-2m"),
      },
    ],
  };
}

const a = prepared("a");

class Setting implements ClaimReports {
  readonly written: { claim: string; conditions: string[] }[] = [];
  readonly refusals: string[] = [];
  failing: Error | undefined;
  /** What a write takes, in milliseconds. */
  writeTakes = 0;
  isEnding = false;
  readonly rests: number[] = [];
  time = 0;
  pending = 0;
  readonly reporting = new ReportClaims({
    reports: this,
    claims: { get: (uid) => uid === a.reference.uid ? a : undefined },
    now: () => this.time,
    onRefused: (message) => this.refusals.push(message),
    onPending: () => this.pending++,
    rest: (milliseconds) => {
      this.rests.push(milliseconds);
      return Promise.resolve(!this.isEnding);
    },
  });

  write({ name }: ClaimReference, devices: readonly DeviceReport[]): Promise<void> {
    if (this.failing !== undefined) return Promise.reject(this.failing);
    const conditions = devices.flatMap(({ device, conditions }) =>
      conditions.map(({ type, message, since }) => `${device} ${type} at ${since}: ${message}`)
    );
    this.written.push({ claim: name, conditions });
    this.time += this.writeTakes;
    return Promise.resolve();
  }

  adjusted(container = "main"): void {
    this.reporting.emit({
      kind: "container-adjusted",
      pod,
      container,
      claims: [a.reference.uid],
      mems: "1",
    });
  }
}

Deno.test("a claim is reported prepared, and then where its container was placed", async () => {
  const setting = new Setting();
  setting.reporting.emit({ kind: "claim-prepared", claim: a });
  await setting.reporting.run();
  setting.time = 5;
  setting.adjusted();
  await setting.reporting.run();
  assert.equal(setting.pending, 2);
  assert.deepEqual(setting.written, [
    {
      claim: "a",
      conditions: [
        "memory-numa1 Prepared at 0: 1Gi of memory on NUMA node 1",
        "hugepages-2m-numa1 Prepared at 0: 1Gi of hugepages-2m on NUMA node 1",
      ],
    },
    {
      claim: "a",
      conditions: [
        "memory-numa1 Prepared at 0: 1Gi of memory on NUMA node 1",
        "memory-numa1 Placed at 5: container main: cpuset.mems 1",
        "hugepages-2m-numa1 Prepared at 0: 1Gi of hugepages-2m on NUMA node 1",
        "hugepages-2m-numa1 Placed at 5: container main: cpuset.mems 1, 1Gi of hugetlb 2MB",
      ],
    },
  ]);
});

Deno.test("no claim is written more than twice, however often its container starts", async () => {
  const setting = new Setting();
  setting.reporting.emit({ kind: "claim-prepared", claim: a });
  await setting.reporting.run();
  for (const _ of [1, 2, 3]) {
    setting.adjusted();
    await setting.reporting.run();
  }
  assert.equal(setting.written.length, 2);
});

Deno.test("a container that is there before the first write makes it one", async () => {
  const setting = new Setting();
  setting.reporting.emit({ kind: "claim-prepared", claim: a });
  setting.adjusted();
  await setting.reporting.run();
  await setting.reporting.run();
  assert.equal(setting.written.length, 1);
});

Deno.test("a claim that is unprepared before it was written is not", async () => {
  const setting = new Setting();
  setting.reporting.emit({ kind: "claim-prepared", claim: a });
  setting.reporting.emit({ kind: "claim-unprepared", claim: a });
  await setting.reporting.run();
  assert.deepEqual(setting.written, []);
});

Deno.test("a claim that a former instance prepared is reported when its container starts", async () => {
  const setting = new Setting();
  setting.adjusted();
  await setting.reporting.run();
  assert.equal(setting.written.length, 1);
});

Deno.test("what the cluster could not take is written at the next run", async () => {
  const setting = new Setting();
  setting.reporting.emit({ kind: "claim-prepared", claim: a });
  setting.failing = new ClusterUnavailableError("away");
  await assert.rejects(() => setting.reporting.run(), ClusterUnavailableError);
  setting.failing = undefined;
  await setting.reporting.run();
  assert.equal(setting.written.length, 1);
});

Deno.test("a claim that is gone is not tried again", async () => {
  const setting = new Setting();
  setting.reporting.emit({ kind: "claim-prepared", claim: a });
  setting.failing = new ReportRefusedError("gone", "claim");
  await setting.reporting.run();
  setting.failing = undefined;
  await setting.reporting.run();
  assert.deepEqual([setting.written, setting.refusals], [[], []]);
});

Deno.test("without the permission it says so, is quiet for ten minutes, and tries again", async () => {
  const setting = new Setting();
  setting.reporting.emit({ kind: "claim-prepared", claim: a });
  setting.failing = new ReportRefusedError("may not", "driver");
  await setting.reporting.run();
  setting.reporting.emit({ kind: "claim-prepared", claim: prepared("b") });
  await setting.reporting.run();
  assert.deepEqual(setting.refusals, ["may not"]);
  setting.failing = undefined;
  setting.time = 600_000;
  await setting.reporting.run();
  assert.deepEqual(setting.written.map(({ claim }) => claim), ["a", "b"]);
});

Deno.test("reports leave most of the time to others, and wait for no more than a second", async () => {
  const setting = new Setting();
  for (const name of ["a", "b"]) setting.reporting.emit({ kind: "claim-prepared", claim: prepared(name) });
  setting.writeTakes = 10;
  await setting.reporting.run();
  assert.deepEqual(setting.rests, [40, 40]);
  setting.writeTakes = 5_000;
  setting.reporting.emit({ kind: "claim-prepared", claim: prepared("c") });
  await setting.reporting.run();
  assert.deepEqual(setting.rests, [40, 40, 1_000]);
});

Deno.test("no other report follows when the driver is ending", async () => {
  const setting = new Setting();
  for (const name of ["a", "b"]) setting.reporting.emit({ kind: "claim-prepared", claim: prepared(name) });
  setting.isEnding = true;
  await setting.reporting.run();
  assert.equal(setting.written.length, 1);
});
