import fc from "fast-check";
import assert from "node:assert/strict";
import { parseSmbiosStructures } from "../../../../adapters/driver/sysfs/smbios_structures.ts";
import { ParseError } from "../../../../core/values/parse_error.ts";
import { beside, device, structure, tableOf } from "./smbios_samples.ts";
import { assertOnlyContentErrors } from "./support.ts";

Deno.test("structures are told apart by their lengths, and strings by the two NUL bytes behind them", () => {
  const structures = parseSmbiosStructures(tableOf(...beside, device({ handle: 3 })));
  assert.deepEqual(
    structures.map(({ type, handle, fields }) => [type, Number(handle), fields.byteLength]),
    [[1, 1, 0x1b], [32, 2, 11], [17, 3, 0x28]],
  );
});

Deno.test("what is behind the structure that ends the table is no part of it", () => {
  const table = Uint8Array.from([...tableOf(...beside), ...device({ handle: 3 }), 9]);
  assert.deepEqual(parseSmbiosStructures(table).map(({ type }) => type), [1, 32]);
});

Deno.test("a structure that is shorter than its header is refused", () => {
  const table = Uint8Array.from([
    ...structure({ type: 1, handle: 1, length: 8, fields: [] }),
    17,
    3,
    0,
    0,
    0,
    0,
  ]);
  assert.throws(
    () => parseSmbiosStructures(table),
    new ParseError("has a structure of 3 bytes at byte 10, shorter than any"),
  );
});

Deno.test("a table that is cut off is refused, wherever that is", () => {
  const table = tableOf(...beside, device({ handle: 3 })), whole = table.length - 2;
  for (let length = 0; length < whole; length++) {
    assert.throws(
      () => parseSmbiosStructures(table.subarray(0, length)),
      (error) =>
        error instanceof ParseError && /^ends (within the structure )?at byte \d+/.test(error.message),
      `${length} bytes`,
    );
  }
  assert.equal(parseSmbiosStructures(table.subarray(0, whole)).length, 3);
});

Deno.test("a table may lie anywhere in its buffer", () => {
  const table = tableOf(...beside), buffer = Uint8Array.from([1, 2, 3, ...table]);
  assert.deepEqual(parseSmbiosStructures(buffer.subarray(3)).map(({ type }) => type), [1, 32]);
});

Deno.test("any bytes are a table or are refused as none", () => {
  const tables = fc.array(fc.oneof(
    fc.constantFrom(...beside, device({ handle: 3 }), tableOf()),
    fc.uint8Array({ maxLength: 40 }),
  )).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));
  assertOnlyContentErrors(tables, parseSmbiosStructures);
});
