import assert from "node:assert/strict";
import { parseHighBandwidthRanges } from "../../../../adapters/driver/sysfs/high_bandwidth_ranges.ts";
import { highBandwidthTable } from "../../../../adapters/operations/host/high_bandwidth_table.ts";
import {
  arrayRange,
  beside,
  device,
  deviceRange,
  otherDevice,
  tableOf,
} from "../../driver/sysfs/smbios_samples.ts";

Deno.test("what is kept of a table says the same of high-bandwidth memory, and has no text of it", () => {
  const table = tableOf(
    ...[...beside, device({ handle: 1 }), otherDevice(2, 0x11)],
    ...[arrayRange(100, 199), arrayRange(200, 299, 0x11), deviceRange(200, 299, 2)],
  );
  const kept = highBandwidthTable(table) ?? new Uint8Array();
  assert.deepEqual(parseHighBandwidthRanges(kept), parseHighBandwidthRanges(table));
  assert.match(new TextDecoder().decode(table), /Maker.*serial/s);
  assert.doesNotMatch(new TextDecoder().decode(kept), /Maker|serial|DIMM/);
});

Deno.test("nothing is kept of a table without such memory", () => {
  assert.equal(highBandwidthTable(tableOf(...beside, otherDevice(1), arrayRange(0, 99))), undefined);
});
