import assert from "node:assert/strict";
import { deviceClasses } from "../../../core/devices/device_class.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { topologyOf } from "../samples.ts";

Deno.test("there is a class for memory and for each hugepage size of the hardware", () => {
  const topology = topologyOf([], { hugepageSizes: ["2m", "1g"].map(parsePageSize) });
  const classes = deviceClasses(topology);
  assert.deepEqual(classes.map(({ metadata }) => metadata.name), [
    "dra.memory",
    "dra.hugepages-2m",
    "dra.hugepages-1g",
  ]);
  assert.ok(classes.every((c) => c.kind === "DeviceClass" && c.apiVersion === "resource.k8s.io/v1"));
});

Deno.test("a class selects the devices of this driver that have its page", () => {
  const topology = topologyOf([], { hugepageSizes: [parsePageSize("2m")] });
  const expressions = deviceClasses(topology).map(({ spec }) =>
    spec.selectors.map(({ cel }) => cel.expression)
  );
  assert.deepEqual(expressions, [
    [
      'device.driver == "dra.memory" && !device.attributes["resource.kubernetes.io"].hugeTLB && ' +
      'device.attributes["dra.memory"].?kind.orValue("dram") == "dram"',
    ],
    [
      'device.driver == "dra.memory" && device.attributes["resource.kubernetes.io"].hugeTLB && ' +
      'device.attributes["resource.kubernetes.io"].pageSize == "2m" && ' +
      'device.attributes["dra.memory"].?kind.orValue("dram") == "dram"',
    ],
  ]);
});

Deno.test("hardware without hugepages has the class of memory alone", () => {
  assert.deepEqual(deviceClasses(topologyOf([])).map(({ metadata }) => metadata.name), ["dra.memory"]);
});
