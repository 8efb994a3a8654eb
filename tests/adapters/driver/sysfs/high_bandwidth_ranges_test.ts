import fc from "fast-check";
import assert from "node:assert/strict";
import { addressRange } from "../../../../adapters/driver/sysfs/address_range.ts";
import {
  areHighBandwidth,
  parseHighBandwidthRanges,
} from "../../../../adapters/driver/sysfs/high_bandwidth_ranges.ts";
import {
  arrayRange,
  beside,
  device,
  deviceRange,
  otherDevice,
  structure,
  tableOf,
} from "./smbios_samples.ts";
import { assertOnlyContentErrors } from "./support.ts";

/** Whether the memory of some KiB, the last one included, is high-bandwidth memory by a table of those structures. */
function isHighBandwidth(
  [first, last]: readonly [number, number],
  ...structures: readonly Uint8Array[]
): boolean {
  const memory = addressRange(BigInt(first) << 10n, BigInt(last) + 1n << 10n);
  return areHighBandwidth([memory], parseHighBandwidthRanges(tableOf(...beside, ...structures)));
}

Deno.test("what an array of high-bandwidth devices is mapped to is high-bandwidth memory, and nothing beyond", () => {
  const structures = [device({ handle: 1 }), device({ handle: 2 }), arrayRange(100, 199)];
  assert.equal(isHighBandwidth([100, 199], ...structures), true);
  assert.equal(isHighBandwidth([150, 160], ...structures), true);
  assert.equal(isHighBandwidth([99, 199], ...structures), false);
  assert.equal(isHighBandwidth([100, 200], ...structures), false);
  assert.equal(isHighBandwidth([300, 301], ...structures), false);
});

Deno.test("so is what a device is mapped to, also together with others", () => {
  const structures = [
    device({ handle: 1 }),
    device({ handle: 2 }),
    deviceRange(100, 149, 1),
    deviceRange(150, 199, 2),
  ];
  assert.equal(isHighBandwidth([100, 199], ...structures), true);
  assert.equal(isHighBandwidth([100, 200], ...structures), false);
});

Deno.test("devices that are interleaved are mapped to the same addresses", () => {
  const structures = [1, 2].flatMap((handle) => [device({ handle }), deviceRange(100, 199, handle)]);
  assert.equal(isHighBandwidth([100, 199], ...structures), true);
});

Deno.test("an array or a device can be mapped to several ranges", () => {
  const devices = [device({ handle: 1 }), device({ handle: 2, array: 0x11 })];
  const arrays = [...devices, arrayRange(100, 149), arrayRange(150, 199)];
  assert.equal(isHighBandwidth([100, 199], ...arrays), true);
  const mapped = [...devices, deviceRange(100, 149, 1), deviceRange(150, 199, 1)];
  assert.equal(isHighBandwidth([100, 199], ...mapped), true);
  const mixed = [...arrays, otherDevice(3)];
  for (const memory of [[100, 149], [150, 199]] as const) {
    assert.equal(isHighBandwidth(memory, ...mixed), false);
    assert.equal(isHighBandwidth(memory, ...mixed, deviceRange(100, 199, 1)), true);
  }
});

Deno.test("empty sockets of an array are no other memory", () => {
  const empty = device({ handle: 2, type: 2, mebibytes: 0 });
  assert.equal(isHighBandwidth([100, 199], device({ handle: 1 }), empty, arrayRange(100, 199)), true);
});

Deno.test("an array with other memory as well tells nothing of its range, and its devices do", () => {
  const mixed = [device({ handle: 1 }), otherDevice(2), arrayRange(0, 999)];
  assert.equal(isHighBandwidth([100, 199], ...mixed), false);
  const mapped = [...mixed, deviceRange(100, 199, 1), deviceRange(200, 299, 2)];
  assert.equal(isHighBandwidth([100, 199], ...mapped), true);
  assert.equal(isHighBandwidth([100, 200], ...mapped), false);
});

Deno.test("addresses that are those of other memory as well are not known", () => {
  const own = [device({ handle: 1 }), arrayRange(100, 199)];
  const others = {
    "another device": [otherDevice(2, 0x11), deviceRange(199, 250, 2)],
    "another array": [otherDevice(2, 0x11), arrayRange(0, 100, 0x11)],
    "a device that is not there": [deviceRange(150, 150, 77)],
    "an array of no devices": [arrayRange(150, 150, 0x77)],
    "an empty socket": [device({ handle: 2, array: 0x11, mebibytes: 0 }), deviceRange(150, 150, 2)],
  };
  for (const [what, structures] of Object.entries(others)) {
    assert.equal(isHighBandwidth([100, 199], ...own, ...structures), false, what);
    assert.equal(isHighBandwidth([101, 110], ...own, ...structures), true, what);
  }
});

Deno.test("devices whose addresses are not told are nowhere", () => {
  assert.equal(isHighBandwidth([0, 10], device({ handle: 1 })), false);
});

Deno.test("without any high-bandwidth memory nothing is made of ranges, also of wrong ones", () => {
  const table = tableOf(otherDevice(1), arrayRange(9, 2));
  assert.deepEqual(parseHighBandwidthRanges(table), { ranges: [], others: [] });
});

Deno.test("no memory at all is of no kind", () => {
  const firmware = parseHighBandwidthRanges(tableOf(device({ handle: 1 }), arrayRange(100, 199)));
  assert.equal(areHighBandwidth([], firmware), false);
});

Deno.test("what a table says does not depend on the order of its structures", () => {
  const structures = [
    ...[device({ handle: 1 }), otherDevice(2), device({ handle: 3, array: 0x11 }), otherDevice(4, 0x12)],
    ...[arrayRange(0, 49), arrayRange(50, 59, 0x11), arrayRange(58, 70, 0x12)],
    ...[deviceRange(10, 19, 1), deviceRange(30, 39, 2)],
  ];
  const judged = (some: readonly Uint8Array[]) =>
    Array.from({ length: 80 }, (_, kibibyte) => isHighBandwidth([kibibyte, kibibyte], ...some));
  const expected = Array.from(
    { length: 80 },
    (_, kibibyte) => (kibibyte >= 10 && kibibyte < 20) || (kibibyte >= 50 && kibibyte < 58),
  );
  assert.deepEqual(judged(structures), expected);
  fc.assert(
    fc.property(fc.shuffledSubarray(structures, { minLength: structures.length }), (shuffled) => {
      assert.deepEqual(judged(shuffled), expected);
    }),
    { numRuns: 30 },
  );
});

Deno.test("whatever firmware writes into structures of memory is read or refused", () => {
  const memory = fc.record({
    type: fc.constantFrom(17, 19, 20),
    handle: fc.nat(3),
    length: fc.integer({ min: 4, max: 40 }),
    fields: fc.array(
      fc.tuple(
        fc.nat(39),
        fc.constantFrom(8 as const, 32 as const),
        fc.constantFrom(0, 0x20, 0x21, 0x7f, 0xff, 0xffff_ffff),
      ),
      { maxLength: 8 },
    ),
  }).map(structure);
  const tables = fc.array(fc.oneof(memory, fc.constant(device({ handle: 9 }))), { maxLength: 6 })
    .map((structures) => tableOf(...structures));
  assertOnlyContentErrors(tables, parseHighBandwidthRanges);
});
