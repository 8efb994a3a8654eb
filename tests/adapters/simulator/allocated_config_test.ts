import assert from "node:assert/strict";
import { allocatedConfig } from "../../../adapters/simulator/scheduler/allocated_config.ts";

const opaque = (policy: string) => ({ opaque: { driver: "dra.memory", parameters: { policy } } });
const near = { name: "near", config: [opaque("interleave"), opaque("bind")] };
const far = { name: "far", config: [opaque("preferred")] };
const plain = { name: "plain", config: [] };

Deno.test("a class's configuration stands once, for the requests that name the class, and before the claim's", () => {
  const requests = [
    { name: "a", deviceClass: near },
    { name: "b", deviceClass: far },
    { name: "c", deviceClass: near },
    { name: "d", deviceClass: plain },
  ];
  assert.deepEqual(
    allocatedConfig(requests, [{ ...opaque("bind"), requests: ["d"] }, opaque("interleave")]),
    [
      { ...opaque("interleave"), source: "FromClass", requests: ["a", "c"] },
      { ...opaque("bind"), source: "FromClass", requests: ["a", "c"] },
      { ...opaque("preferred"), source: "FromClass", requests: ["b"] },
      { ...opaque("bind"), source: "FromClaim", requests: ["d"] },
      { ...opaque("interleave"), source: "FromClaim" },
    ],
  );
});

Deno.test("without configuration there is none", () => {
  assert.deepEqual(allocatedConfig([{ name: "a", deviceClass: plain }], []), []);
});
