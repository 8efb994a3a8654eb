import fc from "fast-check";
import assert from "node:assert/strict";
import {
  parseReservation,
  type Reservation,
  ReservedMemoryError,
  together,
} from "../../../core/devices/reservation.ts";
import { formatQuantity } from "../../../core/values/quantity.ts";
import { GiB, MiB } from "../samples.ts";

/** The reservation as plain rows: node, resource, bytes or percent. */
function rows(reservation: Reservation): [number | "every", string, bigint | string][] {
  return reservation.map(({ numaNode, resource, amount }) => [
    numaNode,
    resource,
    amount.kind === "percent" ? `${Number(amount.hundredths) / 100} %` : amount.bytes,
  ]);
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
    "0:hugepages-2Mi=3M": [[0, "hugepages-2m", 3_000_000n]],
    "*:memory=5%,hugepages-1Gi=12.5%;1:memory=1Gi": [
      ["every", "memory", "5 %"],
      ["every", "hugepages-1g", "12.5 %"],
      [1, "memory", GiB],
    ],
  })
) {
  Deno.test(`the reservation ${JSON.stringify(text)} is read as the kubelet reads it`, () => {
    assert.deepEqual(rows(parseReservation(text)), expected);
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
    "0:hugepages-3Mi=3Mi",
    "0:memory=1Gi,memory=1Gi",
    "0:memory=1Gi;0:memory=1Gi",
    "*:memory=1Gi;*:memory=5%",
    "*:memory=101%",
    "*:memory=%",
    "*:memory=-5%",
    "**:memory=1Gi",
    "-1:memory=1Gi",
    "1024:memory=1Gi",
    "0x0:memory=1Gi",
    "a:memory=1Gi",
    "0-1:memory=1Gi",
  ]
) {
  Deno.test(`the reservation ${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => parseReservation(text), ReservedMemoryError);
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
    assert.deepEqual(rows(parseReservation(text.join(";"))).sort(byText), expected.sort(byText));
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
    "*",
    "5%",
  );
  fc.assert(fc.property(fc.array(parts, { maxLength: 12 }).map((list) => list.join("")), (text) => {
    try {
      parseReservation(text);
    } catch (error) {
      assert.ok(error instanceof ReservedMemoryError, String(error));
    }
  }));
});

Deno.test("reservations add up, as those of several flags do; two amounts for the same are refused, and named", () => {
  const both = [...parseReservation("0:memory=1Gi"), ...parseReservation("1:memory=2Gi")];
  assert.deepEqual(rows(together(both)), [[0, "memory", GiB], [1, "memory", 2n * GiB]]);
  assert.throws(
    () => together([...parseReservation("0:memory=1Gi"), ...parseReservation("0:memory=2Gi")]),
    /^ReservedMemoryError: Cannot reserve memory: "0:memory=2Gi": 0:memory=1Gi says something for the same already$/,
  );
});

Deno.test("a percentage that is none is refused as one", () => {
  for (const percentage of ["101%", "100.01%", "-1%", "5%%", "%", "0.123%"]) {
    assert.throws(() => parseReservation(`0:memory=${percentage}`), {
      message:
        `Cannot reserve memory: "0:memory=${percentage}": Cannot use as a percentage: "${percentage}" ` +
        "(write it as 5% or 0.5%, 100% at most)",
    });
  }
});
