import assert from "node:assert/strict";
import { sliceDevice } from "../../../core/devices/slice_device.ts";
import { numaNodeId } from "../../../core/values/ids.ts";
import { deviceOf, GiB } from "../../core/samples.ts";
import { page } from "./pages.ts";

Deno.test("the page of the attributes has each of a device, and no other", () => {
  const { attributes } = sliceDevice({
    ...deviceOf("memory-numa0", GiB),
    tier: 1,
    speed: {
      readBandwidthMebibytes: 1,
      writeBandwidthMebibytes: 1,
      readLatencyNanoseconds: 1,
      writeLatencyNanoseconds: 1,
    },
    nearestNodesWithCpus: [numaNodeId(1)],
  });
  const rows = page("docs/user/device-attributes.md").text.split("\n").filter((line) =>
    line.startsWith("| `")
  );
  const named = rows.flatMap((row) =>
    [...(row.split(" | ")[0] ?? "").matchAll(/`([a-z.]+\/\w+)`/g)].map(([, name = ""]) => name)
  );
  assert.deepEqual(named.toSorted(), Object.keys(attributes).toSorted());
});
