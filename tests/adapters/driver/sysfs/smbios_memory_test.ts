import assert from "node:assert/strict";
import { arrayRanges, deviceRanges, memoryDevices } from "../../../../adapters/driver/sysfs/smbios_memory.ts";
import { parseSmbiosStructures } from "../../../../adapters/driver/sysfs/smbios_structures.ts";
import { ParseError } from "../../../../core/values/parse_error.ts";
import {
  addresses,
  arrayRange,
  device,
  deviceRange,
  type Field,
  structure,
  tableOf,
} from "./smbios_samples.ts";

const seeExtended = 0xffff_ffff;
/** Addresses beyond 4 TiB, the last one included. */
const first = 1n << 43n, last = (1n << 43n) + (1n << 36n) - 1n;

Deno.test("HBM, HBM2 and HBM3 are high-bandwidth memory, and no other type is", () => {
  const types = Array.from({ length: 256 }, (_, type) => type);
  const devices = memoryDevices(structuresOf(...types.map((type) => device({ handle: type, type }))));
  assert.deepEqual(devices.filter((device) => device.isHighBandwidth).map(({ handle }) => Number(handle)), [
    0x20,
    0x21,
    0x24,
  ]);
});

Deno.test("empty sockets are no devices; a size that is not known or stands elsewhere is one", () => {
  const sizes = [0, 0x7fff, 0xffff, 0x8001];
  const devices = memoryDevices(
    structuresOf(...sizes.map((mebibytes, index) => device({ handle: index, array: 7, mebibytes }))),
  );
  assert.deepEqual(devices.map(({ handle, array }) => [handle, array].map(Number)), [[1, 7], [2, 7], [3, 7]]);
});

Deno.test("devices of the first version are as long as their type needs, and shorter ones are refused", () => {
  assert.equal(memoryDevices(structuresOf(device({ handle: 9, length: 0x15 }))).length, 1);
  assert.throws(
    () => memoryDevices(structuresOf(device({ handle: 9, length: 0x14 }))),
    new ParseError("the structure 0x0009 of type 17 has 20 bytes, fewer than the 21 of any"),
  );
});

Deno.test("two devices of one handle are refused: what refers to it tells nothing", () => {
  assert.throws(
    () => memoryDevices(structuresOf(device({ handle: 9 }), device({ handle: 9, type: 0x22 }))),
    new ParseError("has several memory devices of one handle"),
  );
});

Deno.test("a range goes from its first to the end of its last KiB", () => {
  const structures = structuresOf(arrayRange(0, 0, 1), arrayRange(4, 7, 2), deviceRange(8, 8, 3));
  assert.deepEqual(arrayRanges(structures), [
    { range: { start: 0n, end: 1024n }, to: 1 },
    { range: { start: 4096n, end: 8192n }, to: 2 },
  ]);
  assert.deepEqual(deviceRanges(structures), [{ range: { start: 8192n, end: 9216n }, to: 3 }]);
});

/** Both kinds of ranges: the type, where it has its 64-bit fields, and its length before it had them. */
const kinds = [
  { type: 19, extended: 0x0f, oldLength: 0x0f, read: arrayRanges },
  { type: 20, extended: 0x13, oldLength: 0x13, read: deviceRanges },
] as const;

for (const { type, extended, oldLength, read } of kinds) {
  const range = (length: number, fields: readonly Field[]) =>
    read(structuresOf(structure({ type, handle: 0x1303, length, fields })));
  const extendedFields: readonly Field[] = [[extended, 64, first], [extended + 8, 64, last]];

  Deno.test(`type ${type}: addresses of 64 bits count where the first one of 32 bits says so`, () => {
    for (const end of [seeExtended, 0, 17]) {
      const found = range(extended + 16, [...addresses(seeExtended, end, 5), ...extendedFields]);
      assert.deepEqual(found, [{ range: { start: first, end: last + 1n }, to: 5 }]);
    }
    const whole: readonly Field[] = [[extended, 64, 0n], [extended + 8, 64, (1n << 64n) - 1n]];
    const found = range(extended + 16, [...addresses(seeExtended, seeExtended, 5), ...whole]);
    assert.deepEqual(found, [{ range: { start: 0n, end: 1n << 64n }, to: 5 }]);
  });

  Deno.test(`type ${type}: addresses of 64 bits count nowhere else`, () => {
    const found = range(extended + 16, [...addresses(4, 7, 5), ...extendedFields]);
    assert.deepEqual(found, [{ range: { start: 4096n, end: 8192n }, to: 5 }]);
  });

  Deno.test(`type ${type}: a range that says that its addresses are elsewhere, and has none, is refused`, () => {
    for (const length of [oldLength, extended + 15]) {
      assert.throws(
        () => range(length, addresses(seeExtended, seeExtended, 5)),
        new ParseError(`the structure 0x1303 of type ${type} does not tell its addresses`),
      );
    }
  });

  Deno.test(`type ${type}: before there were longer addresses the last KiB of 32 bits was one, since then it is none`, () => {
    const fields = addresses(0, seeExtended, 5);
    assert.deepEqual(range(oldLength, fields), [{ range: { start: 0n, end: 1n << 42n }, to: 5 }]);
    assert.throws(
      () => range(extended + 16, fields),
      new ParseError(`the structure 0x1303 of type ${type} does not tell its end`),
    );
  });

  Deno.test(`type ${type}: a range that ends before it begins, and one without its fields, is refused`, () => {
    assert.throws(
      () => range(oldLength, addresses(8, 6, 5)),
      new ParseError("has a range of addresses that begins at 0x2000 and ends before that"),
    );
    assert.throws(
      () => range(oldLength - 1, addresses(4, 7, 5)),
      new ParseError(
        `the structure 0x1303 of type ${type} has ${oldLength - 1} bytes, fewer than the ${oldLength} of any`,
      ),
    );
  });
}

function structuresOf(...structures: readonly Uint8Array[]) {
  return parseSmbiosStructures(tableOf(...structures));
}
