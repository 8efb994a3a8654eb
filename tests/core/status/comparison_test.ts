import assert from "node:assert/strict";
import type { Share } from "../../../core/claims/environment.ts";
import { cpusetMems, hugetlbBytes } from "../../../core/claims/shares.ts";
import { type NumaNodeId, numaNodeId } from "../../../core/values/ids.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import type { ContainerMemory, HugetlbUse } from "../../../core/ports/container_memory.ts";
import type { Comparison } from "../../../core/status/compared.ts";
import { compare } from "../../../core/status/comparison.ts";
import { allocationOf, MiB } from "../samples.ts";

const node0 = numaNodeId(0), node1 = numaNodeId(1), page2m = parsePageSize("2m");
const pages: Share = allocationOf("hugepages-2m-numa1", 64n * MiB);
const memory: Share = allocationOf("memory-numa1", 100n * MiB);

const use2m: HugetlbUse = {
  pageSize: page2m,
  limit: 64n * MiB,
  reservationLimit: 64n * MiB,
  podLimit: 64n * MiB,
  podReservationLimit: 64n * MiB,
  current: 8n * MiB,
  leftInPod: 0n,
  byNode: counted([[node0, 0n], [node1, 8n * MiB]]),
};
function counted(nodes: readonly (readonly [NumaNodeId, bigint])[]): HugetlbUse["byNode"] {
  return { kind: "counted", bytes: new Map(nodes) };
}

const asPromised: ContainerMemory = {
  mems: [1],
  hugetlb: [use2m],
  memory: [
    { numaNode: node0, anonymous: 0n, file: 3n * MiB, kernel: MiB },
    { numaNode: node1, anonymous: 5n * MiB, file: 0n, kernel: 0n },
  ],
};

function promised(...shares: Share[]) {
  return { shares, adjustment: { mems: cpusetMems(shares), hugetlbBytes: hugetlbBytes(shares) } };
}

/** What differs, as `file[ of node]: promised, actual`. */
function differences(comparisons: readonly Comparison[]): string[] {
  const text = (value: Comparison["actual"]) =>
    typeof value !== "object" ? `${value}` : "nodes" in value ? value.nodes : value.policy;
  return comparisons.filter(({ differs }) => differs).map(({ file, of, numaNode, promised, actual }) =>
    `${of} ${file}${numaNode === undefined ? "" : ` of ${numaNode}`}: ${text(promised)}, ${text(actual)}`
  );
}

Deno.test("a container that has what it was promised differs in nothing, caches elsewhere included", () => {
  const comparisons = compare(promised(pages), asPromised);
  assert.deepEqual(differences(comparisons), []);
  assert.deepEqual(
    comparisons.map(({ file, numaNode }) => numaNode === undefined ? file : `${file} ${numaNode}`),
    [
      "cpuset.mems.effective",
      "hugetlb.2MB.max",
      "hugetlb.2MB.current",
      "hugetlb.2MB.numa_stat 1",
      "memory.numa_stat file 0",
      "memory.numa_stat kernel 0",
      "memory.numa_stat anon 1",
    ],
  );
});

const cases: Record<string, [ContainerMemory, string]> = {
  "other nodes": [{ ...asPromised, mems: [0, 1] }, "container cpuset.mems.effective: 1, 0-1"],
  "no cpuset": [{ ...asPromised, mems: undefined }, "container cpuset.mems.effective: 1, undefined"],
  "a lower limit": [with2m({ limit: MiB }), `container hugetlb.2MB.max: ${64n * MiB}, ${MiB}`],
  "no limit": [with2m({ limit: "max" }), `container hugetlb.2MB.max: ${64n * MiB}, max`],
  "no files for a size": [
    { ...asPromised, hugetlb: [] },
    `container hugetlb.2MB.max: ${64n * MiB}, undefined`,
  ],
  "no limit of reservations, as crun leaves it": [
    with2m({ reservationLimit: "max" }),
    `container hugetlb.2MB.rsvd.max: ${64n * MiB}, max`,
  ],
  "a pod whose reservations are limited to less": [
    with2m({ podReservationLimit: 0n }),
    `pod hugetlb.2MB.rsvd.max: ${64n * MiB}, 0`,
  ],
  "pages that a container which is gone has left in the pod": [
    with2m({ leftInPod: 2n * MiB }),
    `pod hugetlb.2MB.current: undefined, ${2n * MiB}`,
  ],
  "a pod that is limited to less": [
    with2m({ podLimit: 0n }),
    `pod hugetlb.2MB.max: ${64n * MiB}, 0`,
  ],
  "pages of another node": [
    with2m({ byNode: counted([[node0, 2n * MiB]]) }),
    `container hugetlb.2MB.numa_stat of 0: undefined, ${2n * MiB}`,
  ],
  "memory of another node": [
    { ...asPromised, memory: [{ numaNode: node0, anonymous: 4096n, file: 0n, kernel: 0n }] },
    "container memory.numa_stat anon of 0: undefined, 4096",
  ],
};
for (const [what, [actual, difference]] of Object.entries(cases)) {
  Deno.test(`${what}: that differs, and nothing else`, () => {
    assert.deepEqual(differences(compare(promised(pages), actual)), [difference]);
  });
}

Deno.test("more memory than was claimed of a node differs; without a claim on memory there is nothing to exceed", () => {
  const use = { numaNode: node1, anonymous: 200n * MiB, file: 0n, kernel: 0n };
  const actual = { ...asPromised, memory: [use] };
  assert.deepEqual(differences(compare(promised(pages), actual)), []);
  assert.deepEqual(differences(compare(promised(pages, memory), actual)), [
    `container memory.numa_stat anon of 1: ${100n * MiB}, ${200n * MiB}`,
  ]);
});

Deno.test("hugepages that a container has the ordinary way, beyond its claims, differ in nothing", () => {
  const adjustment = { mems: "1", hugetlbBytes: new Map([[page2m, 96n * MiB]]) };
  const byNode = counted([[node0, 8n * MiB], [node1, 88n * MiB]]);
  const actual = with2m({
    limit: 96n * MiB,
    reservationLimit: 96n * MiB,
    podLimit: 96n * MiB,
    podReservationLimit: 96n * MiB,
    current: 96n * MiB,
    byNode,
  });
  assert.deepEqual(differences(compare({ shares: [pages], adjustment }, actual)), []);
});

Deno.test("two nodes that share one limit: what one takes from the other's claim differs", () => {
  const both = [pages, allocationOf("hugepages-2m-numa0", 64n * MiB)];
  const actual = {
    ...with2m({
      limit: 128n * MiB,
      reservationLimit: 128n * MiB,
      podLimit: "max",
      podReservationLimit: "max",
      byNode: counted([[node0, 0n], [node1, 66n * MiB]]),
    }),
    mems: [0, 1],
  };
  assert.deepEqual(differences(compare(promised(...both), actual)), [
    `container hugetlb.2MB.numa_stat of 1: ${64n * MiB}, ${66n * MiB}`,
  ]);
});

Deno.test("figures of nodes that can be former ones differ in nothing, and say so; so does what is no figure", () => {
  const bytes = new Map([[node0, 8n * MiB]]);
  const doubtful = compare(promised(pages), with2m({ byNode: { kind: "doubtful", bytes } }));
  assert.deepEqual(differences(doubtful), []);
  assert.match(doubtful.find(({ numaNode }) => numaNode === node0)?.note ?? "", /may have moved/);
  const none = compare(promised(pages), with2m({ byNode: { kind: "no-figure" } }));
  assert.deepEqual(differences(none), []);
  const [row] = none.filter(({ file }) => file === "hugetlb.2MB.numa_stat");
  assert.deepEqual([row?.promised, row?.actual], [64n * MiB, undefined]);
  assert.match(row?.note ?? "", /figures are wrong/);
});

Deno.test("the nodes of a size stand in their order", () => {
  for (const order of [[node1, node0], [node0, node1]]) {
    const byNode = counted(order.map((node) => [node, MiB]));
    const rows = compare(promised(pages), with2m({ byNode })).filter(({ file }) =>
      file === "hugetlb.2MB.numa_stat"
    );
    assert.deepEqual(rows.map(({ numaNode }) => numaNode), [0, 1]);
  }
});

Deno.test("what is left in a pod that has room for it differs in nothing", () => {
  const actual = with2m({ leftInPod: 2n * MiB, podLimit: 66n * MiB, podReservationLimit: 66n * MiB });
  assert.deepEqual(differences(compare(promised(pages), actual)), []);
});

Deno.test("where CPU sets are in another hierarchy, nodes are not known and differ in nothing", () => {
  const [mems, ...others] = compare(promised(pages), { ...asPromised, mems: "elsewhere" });
  assert.deepEqual([mems?.file, mems?.actual], ["cpuset.mems.effective", undefined]);
  assert.deepEqual(differences([...mems ? [mems] : [], ...others]), []);
});

Deno.test("a size that is neither promised nor used is left out", () => {
  const unused = { ...use2m, pageSize: parsePageSize("1g"), current: 0n, limit: 0n };
  const comparisons = compare(promised(pages), { ...asPromised, hugetlb: [use2m, unused] });
  assert.ok(!comparisons.some(({ file }) => file.includes("1GB")));
});

function with2m(changes: Partial<HugetlbUse>): ContainerMemory {
  return { ...asPromised, hugetlb: [{ ...use2m, ...changes }] };
}

Deno.test("a container's memory policy and limits are compared where it was promised some, its pod's where they are lower", () => {
  const adjustment = {
    ...promised(memory).adjustment,
    policy: { mode: "interleave", nodes: "1" },
    memory: { max: 8n * MiB, min: 4n * MiB, swapMax: 0n },
  } as const;
  const had: ContainerMemory = {
    ...asPromised,
    hugetlb: [],
    policy: "interleave:1",
    limits: { max: 8n * MiB, high: "max", low: 0n, min: 4n * MiB, swapMax: 0n },
    podLimits: { max: "max", low: 0n, min: 4n * MiB },
  };
  const own = { shares: [memory], adjustment };
  assert.deepEqual(differences(compare(own, had)), []);
  const changed: ContainerMemory = {
    ...had,
    policy: "default",
    limits: { ...had.limits, max: "max", swapMax: 5n },
    podLimits: { max: MiB, min: 0n },
  };
  assert.deepEqual(differences(compare(own, changed)), [
    "container numa_maps: interleave:1, default",
    "container memory.max: 8388608, max",
    "container memory.swap.max: 0, 5",
    "pod memory.max: 8388608, 1048576",
    "pod memory.min: 4194304, 0",
  ]);
  assert.deepEqual(
    differences(compare(promised(memory), { ...changed, hugetlb: [] })),
    [],
    "nothing was promised",
  );
  const { swapMax: _, ...withoutSwap } = had.limits ?? {};
  assert.deepEqual(differences(compare(own, { ...had, limits: withoutSwap })), [], "a kernel without swap");
  const { policy: __, ...unseen } = had;
  const [row] = compare(own, unseen).filter(({ file }) => file === "numa_maps");
  assert.deepEqual([row?.differs, row?.note], [false, "its processes cannot be looked at"]);
});

Deno.test("memory on a node that was not claimed is what a preference asks for, and more than was claimed is told", () => {
  const { shares, adjustment } = promised(memory);
  const elsewhere = (mode: "interleave" | "preferred") =>
    differences(compare({ shares, adjustment: { ...adjustment, policy: { mode, nodes: "1" } } }, {
      ...asPromised,
      hugetlb: [],
      memory: [{ numaNode: numaNodeId(0), anonymous: MiB, file: 0n, kernel: 0n }],
    }));
  assert.deepEqual(elsewhere("preferred"), []);
  assert.deepEqual(elsewhere("interleave"), ["container memory.numa_stat anon of 0: undefined, 1048576"]);
});
