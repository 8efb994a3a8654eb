import fc from "fast-check";
import assert from "node:assert/strict";
import {
  checkReservedMemory,
  noReservedMemory,
  parseReservedMemory,
  type ReservedMemory,
  ReservedMemoryError,
} from "../../../core/devices/reserved_memory.ts";
import { numaNodeId } from "../../../core/values/ids.ts";
import { pageSize, parsePageSize } from "../../../core/values/page_size.ts";
import { formatQuantity } from "../../../core/values/quantity.ts";
import { GiB, MiB, nodeIds, numaNodeOf, poolOf, topologyOf } from "../samples.ts";

/** The reservation as plain rows: node, resource, bytes. */
function rows(reserved: ReservedMemory): [number, string, bigint][] {
  return [...reserved].flatMap(([node, amounts]) =>
    [...amounts].map(([resource, bytes]): [number, string, bigint] => [node, resource, bytes])
  );
}

for (
  const [text, expected] of Object.entries({
    "": [],
    "0:memory=1Gi": [[0, "memory", GiB]],
    "0:memory=1Gi,hugepages-2Mi=64Mi;1:memory=500Mi": [
      [0, "memory", GiB],
      [0, "hugepages-2m", 64n * MiB],
      [1, "memory", 500n * MiB],
    ],
    "33:hugepages-1Gi=1Gi": [[33, "hugepages-1g", GiB]],
    "0:memory=1000": [[0, "memory", 1000n]],
    "0:memory=1Gi;0:hugepages-2Mi=2Mi": [[0, "memory", GiB], [0, "hugepages-2m", 2n * MiB]],
  })
) {
  Deno.test(`the reservation ${JSON.stringify(text)} is read as the kubelet reads it`, () => {
    assert.deepEqual(rows(parseReservedMemory(text)), expected);
  });
}

for (
  const text of [
    "0",
    "0:",
    ":memory=1Gi",
    "0:memory",
    "0:memory=",
    "0:=1Gi",
    "0:memory=1Gi=2Gi",
    "0:memory=1Gi:1:memory=1Gi",
    "0:memory=1Gi;",
    "0:memory=1Gi,",
    "0:memory=-1Gi",
    "0:memory=1Gig",
    "0:memory=0.5",
    "0:cpu=1",
    "0:hugepages=1Gi",
    "0:hugepages-=1Gi",
    "0:hugepages-2m=2Mi",
    "0:hugepages-3Mi=3Mi",
    "0:hugepages-2Mi=3Mi",
    "0:memory=1Gi,memory=1Gi",
    "0:memory=1Gi;0:memory=1Gi",
    "-1:memory=1Gi",
    "1024:memory=1Gi",
    "0x0:memory=1Gi",
    "a:memory=1Gi",
    "0-1:memory=1Gi",
  ]
) {
  Deno.test(`the reservation ${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => parseReservedMemory(text), ReservedMemoryError);
  });
}

Deno.test("a reservation that was written in the kubelet's form is read in full", () => {
  const resource = fc.constantFrom(["memory", "memory", 1n] as const, [
    "hugepages-2Mi",
    "hugepages-2m",
    2n * MiB,
  ], [
    "hugepages-1Gi",
    "hugepages-1g",
    GiB,
  ]);
  const row = fc.tuple(fc.integer({ min: 0, max: 1023 }), resource, fc.bigInt(1n, 1n << 20n));
  const selector = ([node, [name]]: [number, readonly [string, ...unknown[]], bigint]) => `${node}${name}`;
  fc.assert(fc.property(fc.uniqueArray(row, { selector, minLength: 1 }), (list) => {
    const text = list.map(([node, [name, , page]], i) =>
      `${node}:${name}=${formatQuantity(BigInt(i + 1) * page)}`
    );
    const expected = list.map(([node, [, name, page]], i): [number, string, bigint] => [
      node,
      name,
      BigInt(i + 1) * page,
    ]);
    const byText = (a: unknown, b: unknown) => String(a) < String(b) ? -1 : 1;
    assert.deepEqual(rows(parseReservedMemory(text.join(";"))).sort(byText), expected.sort(byText));
  }));
});

Deno.test("any text is a reservation or a ReservedMemoryError", () => {
  const parts = fc.constantFrom(
    "0",
    "1",
    ":",
    ";",
    ",",
    "=",
    "memory",
    "hugepages-2Mi",
    "2Mi",
    "1Gi",
    "-",
    " ",
    "m",
  );
  fc.assert(fc.property(fc.array(parts, { maxLength: 12 }).map((list) => list.join("")), (text) => {
    try {
      parseReservedMemory(text);
    } catch (error) {
      assert.ok(error instanceof ReservedMemoryError, String(error));
    }
  }));
});

const machine = topologyOf([numaNodeOf(0, GiB, [poolOf(parsePageSize("2m"), 1n)]), numaNodeOf(33, GiB)], {
  offlineNodes: nodeIds(7),
});

for (
  const text of ["", "0:memory=1Gi", "33:memory=1Gi,hugepages-2Mi=2Mi", "7:memory=1Gi", "0:memory=999Gi"]
) {
  Deno.test(`the reservation ${JSON.stringify(text)} fits a machine of the nodes 0, 33 and, offline, 7`, () => {
    checkReservedMemory(parseReservedMemory(text), machine);
  });
}

for (const text of ["1:memory=1Gi", "0:hugepages-1Gi=1Gi"]) {
  Deno.test(`the reservation ${text} does not fit a machine that has no such thing`, () => {
    assert.throws(() => checkReservedMemory(parseReservedMemory(text), machine), ReservedMemoryError);
  });
}

Deno.test("no reservation fits every machine", () => {
  checkReservedMemory(noReservedMemory, topologyOf([], { pageSize: pageSize(65536n) }));
  assert.equal(noReservedMemory.get(numaNodeId(0)), undefined);
});
