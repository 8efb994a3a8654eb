import assert from "node:assert/strict";
import { deviceToShow } from "../../cmd/demo/device_to_show.ts";
import { deviceOf, GiB } from "../core/samples.ts";

const usual = ["memory-numa0", "hugepages-2m-numa0", "hugepages-1g-numa0"].map((name) => deviceOf(name, GiB));
const cpuless = { ...deviceOf("hugepages-2m-numa1", GiB), kind: "cpuless" } as const;

Deno.test("the demo claims hugepages of 2 MiB, or what there is", () => {
  const [memory, pages, giant] = usual;
  assert.equal(deviceToShow(usual), pages);
  assert.equal(deviceToShow([memory, giant].flatMap((device) => device ?? [])), giant);
  assert.equal(deviceToShow([]), undefined);
});

Deno.test("the demo claims nothing that no shipped DeviceClass has", () => {
  assert.equal(deviceToShow([...usual, cpuless])?.name, "hugepages-2m-numa0");
  assert.equal(deviceToShow([cpuless]), undefined);
});
