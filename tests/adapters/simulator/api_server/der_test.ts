import assert from "node:assert/strict";
import * as der from "../../../../adapters/simulator/api_server/der.ts";

for (
  const [what, value, expected] of [
    ["an empty sequence", der.sequence(), "3000"],
    ["true", der.boolean(true), "0101ff"],
    ["zero", der.integer(Uint8Array.of(0, 0)), "020100"],
    ["127", der.integer(Uint8Array.of(0, 127)), "02017f"],
    ["128, which is not negative", der.integer(Uint8Array.of(128)), "02020080"],
    ["an identifier with a large part", der.oid("1.2.840.10045.4.3.2"), "06082a8648ce3d040302"],
    ["bits that do not all count", der.bitString(Uint8Array.of(0x80), 7), "03020780"],
    ["a time", der.utcTime(new Date("2026-01-02T03:04:05.678Z")), "170d3236303130323033303430355a"],
    ["nested values", der.sequence(der.octetString(Uint8Array.of(1, 2))), "300404020102"],
  ] as const
) {
  Deno.test(`DER of ${what}`, () => {
    assert.equal(hex(value), expected);
  });
}

for (
  const [bytes, length] of [[127, "7f"], [128, "8180"], [255, "81ff"], [256, "820100"], [
    65_535,
    "82ffff",
  ]] as const
) {
  Deno.test(`DER writes the length ${bytes} as ${length}`, () => {
    assert.equal(hex(der.octetString(new Uint8Array(bytes)).subarray(1, 1 + length.length / 2)), length);
  });
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
