import { differenceReasons } from "../../../../../core/status/difference.ts";
import fc from "fast-check";
import { refusalReasons } from "../../../../../core/events/refusal_reason.ts";
import type { ClaimReference, PodReference, PreparedClaim } from "../../../../../core/claims/claim.ts";
import { claimUid, numaNodeId, podUid } from "../../../../../core/values/ids.ts";
import { parsePageSize } from "../../../../../core/values/page_size.ts";
import type { DriverEvent } from "../../../../../core/events/events.ts";
import { allocationOf } from "../../../../core/samples.ts";

const text = fc.string({ unit: "binary" });
const pod: fc.Arbitrary<PodReference> = fc.record({ namespace: text, name: text, uid: text.map(podUid) });
const reference: fc.Arbitrary<ClaimReference> = fc.record({
  namespace: text,
  name: text,
  uid: fc.uuid().map(claimUid),
});
const claim: fc.Arbitrary<PreparedClaim> = fc.record({
  reference,
  pod,
  allocations: fc.array(
    fc.tuple(fc.nat(1023), fc.bigInt(1n, 2n ** 50n)).map(([node, bytes]) =>
      allocationOf(`memory-numa${node}`, bytes)
    ),
    { maxLength: 3 },
  ),
});
const reason = fc.constantFrom(...refusalReasons);
const container = { pod, container: text, claims: fc.array(fc.uuid().map(claimUid), { maxLength: 3 }) };
const message = text;

/** For every kind of event an arbitrary one; the compiler sees to it that none is missing. */
const byKind: { readonly [Kind in DriverEvent["kind"]]: fc.Arbitrary<Extract<DriverEvent, { kind: Kind }>> } =
  {
    "claim-prepared": fc.record({ kind: fc.constant("claim-prepared"), claim }),
    "claim-unprepared": fc.record({ kind: fc.constant("claim-unprepared"), claim }),
    "hugepages-moved": fc.record({
      kind: fc.constant("hugepages-moved"),
      moved: fc.record({
        pageSize: fc.constant(parsePageSize("2m")),
        from: fc.constant([numaNodeId(0)]),
        to: fc.constant([numaNodeId(1)]),
        pages: fc.bigInt(1n, 100n),
      }),
    }),
    "pod-limits-restored": fc.record({ kind: fc.constant("pod-limits-restored"), pod }),
    "claim-superseded": fc.record({ kind: fc.constant("claim-superseded"), claim }),
    "orphan-collected": fc.record({ kind: fc.constant("orphan-collected"), claim }),
    "orphans-not-collected": fc.record({ kind: fc.constant("orphans-not-collected"), message }),
    "checkpoints-not-restored": fc.record({ kind: fc.constant("checkpoints-not-restored"), message }),
    "pod-limits-not-kept": fc.record({ kind: fc.constant("pod-limits-not-kept"), message }),
    "limits-not-written": fc.record({ kind: fc.constant("limits-not-written"), message }),
    "claim-refused": fc.record({ kind: fc.constant("claim-refused"), reason, claim: reference, message }),
    "claims-recovered": fc.record({ kind: fc.constant("claims-recovered"), count: fc.nat() }),
    "checkpoint-damaged": fc.record({ kind: fc.constant("checkpoint-damaged"), message }),
    "checkpoint-restored": fc.record({ kind: fc.constant("checkpoint-restored"), claim }),
    "container-adjusted": fc.record({ kind: fc.constant("container-adjusted"), ...container, mems: text }),
    "container-refused": fc.record({ kind: fc.constant("container-refused"), ...container, reason, message }),
    "containers-differ": fc.record({
      kind: fc.constant("containers-differ"),
      containers: fc.array(text, { maxLength: 5 }),
      count: fc.nat(),
      reasons: fc.subarray([...differenceReasons]),
    }),
    "containers-not-compared": fc.record({ kind: fc.constant("containers-not-compared"), message }),
    "pod-limits-left": fc.record({ kind: fc.constant("pod-limits-left"), pod, message }),
    "containers-synchronized": fc.record({
      kind: fc.constant("containers-synchronized"),
      seen: fc.nat(),
      updated: fc.nat(),
    }),
    "slices-published": fc.record({
      kind: fc.constant("slices-published"),
      devices: fc.nat(),
      writes: fc.nat(),
    }),
    "slices-unchanged": fc.record({ kind: fc.constant("slices-unchanged"), devices: fc.nat() }),
    "slice-watch-failed": fc.record({ kind: fc.constant("slice-watch-failed"), message }),
    "slices-failed": fc.record({ kind: fc.constant("slices-failed"), message }),
    "kubelet-registered": fc.record({ kind: fc.constant("kubelet-registered") }),
    "checkpoint-busy": fc.record({ kind: fc.constant("checkpoint-busy"), message }),
    "kubelet-connection-failed": fc.record({ kind: fc.constant("kubelet-connection-failed"), message }),
    "kubelet-sockets-failed": fc.record({ kind: fc.constant("kubelet-sockets-failed"), message }),
    "kubelet-lost": fc.record({ kind: fc.constant("kubelet-lost"), message }),
    "runtime-connected": fc.record({
      kind: fc.constant("runtime-connected"),
      runtime: text,
      again: fc.boolean(),
    }),
    "runtime-standby": fc.record({ kind: fc.constant("runtime-standby") }),
    "fail-closed-unsupported": fc.record({ kind: fc.constant("fail-closed-unsupported"), runtime: text }),
    "runtime-lost": fc.record({ kind: fc.constant("runtime-lost"), message }),
    "reservation-changed": fc.record({
      kind: fc.constant("reservation-changed"),
      notes: fc.array(text, { maxLength: 2 }),
    }),
    "reservation-ignored": fc.record({
      kind: fc.constant("reservation-ignored"),
      notes: fc.array(text, { maxLength: 2 }),
      ignored: fc.array(text, { maxLength: 2 }),
    }),
    "reservation-refused": fc.record({ kind: fc.constant("reservation-refused"), message }),
    "topology-unreadable": fc.record({
      kind: fc.constant("topology-unreadable"),
      part: fc.record({ path: text, reason: text, numaNode: fc.nat(1023).map(numaNodeId) }),
    }),
  };

/** Anything that can happen, with any pods, claims, containers and messages. */
export const driverEvent: fc.Arbitrary<DriverEvent> = fc.oneof(...Object.values(byKind));
