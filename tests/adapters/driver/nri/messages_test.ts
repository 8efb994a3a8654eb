import assert from "node:assert/strict";
import { adjustmentOf, containerOf, sandboxOf } from "../../../../adapters/driver/nri/messages.ts";
import type { Adjustment } from "../../../../core/ports/container_service.ts";
import * as nri from "../../../../adapters/protocols/nri/generated/nri.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";

const hugetlbBytes = new Map([[parsePageSize("2m"), 64n << 20n], [parsePageSize("1g"), 1n << 30n]]);

Deno.test("limits of reservations are named as files where every controller is in cgroup v2, and nowhere else", () => {
  const limits = [{ pageSize: "2MB", limit: 64n << 20n }, { pageSize: "1GB", limit: 1n << 30n }];
  const [unified, mixed] = [true, false].map((limitReservations) =>
    adjustmentOf({ mems: "1", hugetlbBytes }, limitReservations).resources
  );
  assert.deepEqual(unified?.unified, {
    "hugetlb.2MB.rsvd.max": "67108864",
    "hugetlb.1GB.rsvd.max": "1073741824",
  });
  assert.deepEqual(mixed?.unified, {});
  for (const resources of [unified, mixed]) assert.deepEqual(resources?.hugepageLimits, limits);
});

Deno.test("nodes that memory is to come from first become a policy, and only those", () => {
  const { memoryPolicy } = adjustmentOf({ mems: "0,2", preferred: "2", hugetlbBytes }, false);
  assert.deepEqual(memoryPolicy, { mode: nri.MpolMode.MPOL_PREFERRED_MANY, nodes: "2", flags: [] });
  assert.equal(adjustmentOf({ mems: "2", hugetlbBytes }, false).memoryPolicy, undefined);
});

Deno.test("a configured policy names nodes as they are, whatever becomes of the CPU set", () => {
  for (
    const [mode, expected] of [
      ["preferred", nri.MpolMode.MPOL_PREFERRED],
      ["preferredMany", nri.MpolMode.MPOL_PREFERRED_MANY],
      ["interleave", nri.MpolMode.MPOL_INTERLEAVE],
      ["weightedInterleave", nri.MpolMode.MPOL_WEIGHTED_INTERLEAVE],
    ] as const
  ) {
    const { memoryPolicy } = adjustmentOf(
      { mems: "0-2", policy: { mode, nodes: "0,2" }, hugetlbBytes },
      false,
    );
    assert.deepEqual(memoryPolicy, {
      mode: expected,
      nodes: "0,2",
      flags: [nri.MpolFlag.MPOL_F_STATIC_NODES],
    });
  }
});

Deno.test("the answer for a claim without configuration is, byte for byte, what it was before there was any", () => {
  const encoded = (adjustment: Adjustment) =>
    nri.LinuxContainerAdjustment.encode(adjustmentOf(adjustment, true)).finish().toHex();
  assert.equal(encoded({ mems: "0-1", hugetlbBytes: new Map() }), "120712053a03302d31");
  assert.equal(
    encoded({ mems: "0,2", preferred: "2", hugetlbBytes }),
    "126612053a03302c321a0a0a03324d4210808080201a0b0a0331474210808080800432200a1468756765746c622e324d422e727376642e6d61781208363731303838363432220a1468756765746c622e3147422e727376642e6d6178120a3130373337343138323462050805120132",
  );
});

Deno.test("what a container may use is its limit to the runtime, with the swap beside it; the rest are files", () => {
  const memory = { max: 1n << 30n, high: 3n << 20n, low: 2n << 20n, min: 1n << 20n, swapMax: "max" } as const;
  const { resources } = adjustmentOf({ mems: "0", memory, hugetlbBytes: new Map() }, true);
  assert.deepEqual(resources?.memory, { limit: { value: 1n << 30n }, swap: { value: 1n << 30n } });
  assert.deepEqual(resources?.unified, {
    "memory.high": "3145728",
    "memory.low": "2097152",
    "memory.min": "1048576",
    "memory.swap.max": "max",
  });
  const container = nri.Container.fromPartial({ id: "c1", linux: { resources } });
  assert.deepEqual(containerOf(container).applied.memory, memory);
});

Deno.test("of a container's limits those are read that somebody set: swap is counted with memory", () => {
  const applied = (resources: Partial<nri.LinuxResources>) =>
    containerOf(nri.Container.fromPartial({ id: "c1", linux: { resources } })).applied.memory;
  assert.equal(applied({}), undefined);
  assert.equal(applied({ memory: { limit: { value: 0n }, swap: { value: -1n } } }), undefined);
  assert.deepEqual(applied({ memory: { limit: { value: 5n }, swap: { value: 7n } } }), {
    max: 5n,
    swapMax: 2n,
  });
  assert.deepEqual(applied({ memory: { limit: { value: 5n }, swap: { value: -1n } } }), { max: 5n });
  assert.deepEqual(applied({ unified: { "memory.min": "5", "memory.low": "x", "cpu.weight": "9" } }), {
    min: 5n,
  });
});

Deno.test("a pod is read with the handler of its RuntimeClass, which is field 7 of NRI's message", () => {
  const sent = nri.PodSandbox.encode(nri.PodSandbox.fromPartial({ name: "p", namespace: "n", uid: "u1" }))
    .finish();
  const handler = new TextEncoder().encode("kata");
  const pod = nri.PodSandbox.decode(new Uint8Array([...sent, 7 << 3 | 2, handler.length, ...handler]));
  assert.deepEqual(sandboxOf(pod), {
    reference: { namespace: "n", name: "p", uid: "u1" },
    cgroupParent: "",
    runtimeHandler: "kata",
  });
});
