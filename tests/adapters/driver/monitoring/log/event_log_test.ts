import { jsonLinesFormatter } from "@logtape/logtape";
import fc from "fast-check";
import assert from "node:assert/strict";
import { EventLog } from "../../../../../adapters/driver/monitoring/log/event_log.ts";
import type { DriverEvent } from "../../../../../core/events/events.ts";
import {
  allocationOf,
  GiB,
  MiB,
  podOf,
  preparedClaim,
  referenceOf,
  uidOf,
} from "../../../../core/samples.ts";
import { driverEvent } from "../metrics/events.ts";
import { linesOf } from "./_lines.ts";

const message = "Cannot do it: for a reason";
const container = { pod: podOf(1), container: "main", claims: [uidOf(1), uidOf(2)] };
const uids = `${uidOf(1)},${uidOf(2)}`;
const pod = "default/pod-1";

const lines: [DriverEvent, level: string, text: string, fields: Record<string, unknown>][] = [
  [
    {
      kind: "claim-prepared",
      claim: preparedClaim(1, [
        allocationOf("memory-numa0", GiB),
        allocationOf("hugepages-2m-numa1", 4n * MiB, "huge"),
      ]),
    },
    "INFO",
    "claim prepared",
    { claim: "default/claim-1", uid: uidOf(1), pod, holds: "memory-numa0:1Gi,hugepages-2m-numa1:4Mi" },
  ],
  [{ kind: "claim-unprepared", claim: preparedClaim(1, []) }, "INFO", "claim unprepared", {
    claim: "default/claim-1",
    uid: uidOf(1),
    pod,
  }],
  [
    { kind: "orphan-collected", claim: preparedClaim(1, []) },
    "WARN",
    "claim that the cluster does not know released",
    { claim: "default/claim-1", uid: uidOf(1), pod },
  ],
  [{ kind: "claim-refused", reason: "claim-gone", claim: referenceOf(1), message }, "WARN", "claim refused", {
    claim: "default/claim-1",
    uid: uidOf(1),
    reason: "claim-gone",
    error: message,
  }],
  [{ kind: "checkpoint-damaged", message }, "ERROR", "checkpoint of a claim is damaged", { error: message }],
  [{ kind: "container-adjusted", ...container, mems: "0-1" }, "INFO", "container adjusted", {
    pod,
    container: "main",
    uids,
    mems: "0-1",
  }],
  [
    { kind: "container-refused", ...container, reason: "other-pod", message },
    "WARN",
    "container refused",
    { pod, container: "main", uids, reason: "other-pod", error: message },
  ],
  [{ kind: "pod-limits-left", pod: podOf(1), message }, "WARN", "pod's limits left as they are", {
    pod,
    error: message,
  }],
  [{ kind: "slices-unchanged", devices: 3 }, "DEBUG", "slices are as they should be", {
    devices: 3,
  }],
  [{ kind: "slices-published", devices: 3, writes: 2 }, "INFO", "slices published", {
    devices: 3,
    writes: 2,
  }],
  [
    { kind: "reservation-changed", notes: ["0:memory=5% keeps 1Gi on NUMA node 0"] },
    "INFO",
    "memory kept from claims",
    { kept: "0:memory=5% keeps 1Gi on NUMA node 0" },
  ],
  [
    { kind: "reservation-ignored", notes: [], ignored: ["7:memory=1Gi: this machine has no NUMA node 7"] },
    "WARN",
    "memory kept from claims, some of it on what is not there",
    { kept: "", ignored: "7:memory=1Gi: this machine has no NUMA node 7" },
  ],
  [
    { kind: "reservation-refused", message },
    "WARN",
    "the Node's annotation is not heeded",
    { error: message },
  ],
  [
    { kind: "topology-unreadable", part: { path: "/sys/x", reason: "EIO" } },
    "ERROR",
    "part of the topology cannot be read",
    { path: "/sys/x", error: "EIO" },
  ],
];

for (const [event, level, text, fields] of lines) {
  Deno.test(`${event.kind} is logged as ${level} "${text}" with what it is about`, async () => {
    const [line = "{}", ...others] = await linesOf(
      jsonLinesFormatter,
      (log) => new EventLog(log).emit(event),
    );
    assert.deepEqual(others, []);
    const { level: loggedLevel, message: logged, properties } = JSON.parse(line);
    assert.deepEqual([loggedLevel, logged, properties], [level, text, fields]);
  });
}

Deno.test("every event is one line that can be parsed, whatever names and messages it carries", async () => {
  await fc.assert(fc.asyncProperty(driverEvent, async (event) => {
    const [line = "", ...others] = await linesOf(
      jsonLinesFormatter,
      (log) => new EventLog(log).emit(event),
    );
    assert.deepEqual(others, []);
    assert.equal(line.indexOf("\n"), line.length - 1);
    assert.ok(JSON.parse(line).message.length > 0);
  }));
});
