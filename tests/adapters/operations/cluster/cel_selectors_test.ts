import assert from "node:assert/strict";
import type { ClusterDevice } from "../../../../core/operations/cluster/device.ts";
import { CelSelectors } from "../../../../adapters/operations/cluster/cel_selectors.ts";

const device: ClusterDevice = {
  name: "hugepages-2m-numa1",
  attributes: {
    "resource.kubernetes.io/numaNode": { kind: "int", value: 1n },
    "resource.kubernetes.io/pageSize": { kind: "string", value: "2m" },
    "resource.kubernetes.io/hugeTLB": { kind: "bool", value: true },
    "firmware": { kind: "version", value: "1.10.0" },
    "nodes": { kind: "list", values: [{ kind: "int", value: 1n }, { kind: "int", value: 0n }] },
  },
  capacity: { size: { value: 1n << 30n } },
  shared: true,
  taints: [],
};

const domain = `device.attributes["resource.kubernetes.io"]`;

for (
  const [expression, verdict] of Object.entries({
    [`device.driver == "dra.memory" && ${domain}.hugeTLB && ${domain}.pageSize == "2m"`]: true,
    [`!${domain}.hugeTLB`]: false,
    [`${domain}.numaNode == 1`]: true,
    [`${domain}.numaNode == "1"`]: false,
    [`${domain}.numaNode < 1.5`]: true,
    [`${domain}.numaNode in [0, 2]`]: false,
    [`${domain}.pageSize.matches("^[12]m$")`]: true,
    [`${domain}.pageSize.lowerAscii().replace("m", "M") == "2M"`]: true,
    [`cel.bind(a, ${domain}, a.numaNode == 1 && a.pageSize.startsWith("2"))`]: true,
    [`has(${domain}.numaNode) && !has(${domain}.socket)`]: true,
    [`has(device.attributes["gpu.example.com"].model)`]: false,
    [`"model" in device.attributes["gpu.example.com"]`]: false,
    [`${domain}.?socket.orValue(0) == 0`]: true,
    [`device.allowMultipleAllocations`]: true,
    [`device.capacity["dra.memory"].size.compareTo(quantity("1Gi")) == 0`]: true,
    [`device.capacity["dra.memory"].size.isGreaterThan(quantity("1.5Gi"))`]: false,
    [`device.capacity["dra.memory"].size.sub(quantity("1Mi")).asInteger() == 1072693248`]: true,
    [`device.attributes["dra.memory"].firmware.isGreaterThan(semver("1.9.0"))`]: true,
    [`device.attributes["dra.memory"].firmware.compareTo(semver("v1.10", true)) == 0`]: true,
    [`isQuantity("1Gi") && !isQuantity("much") && isSemver("1.2.3") && !isSemver("1.2")`]: true,
    [`device.attributes["gpu.example.com"].model == "x" && false`]: false,
    [`device.attributes["gpu.example.com"].model == "x" || true`]: true,
    [`"has(a) is a text" != ""`]: true,
    [`0 in device.attributes["dra.memory"].nodes`]: true,
    [`device.attributes["dra.memory"].nodes[0] == 1`]: true,
    [`device.attributes["dra.memory"].nodes.includes(0)`]: true,
    [`device.attributes["dra.memory"].nodes.includes(2)`]: false,
    [`${domain}.numaNode.includes(1)`]: true,
    [`"gpu.example.com" in device.attributes`]: false,
    [`"dra.memory" in device.attributes && "dra.memory" in device.capacity`]: true,
    [`${domain}.pageSize.matches("(?i)^2M$")`]: true,
    [`device.attributes["dra.memory"].firmware != "1.10.0"`]: true,
    [`device.attributes["dra.memory"].firmware == "1.10.0" || true`]: true,
    [`quantity("99Ti").isInteger() && !quantity("100Ti").isInteger() && !quantity("1.0").isInteger()`]: true,
    [`quantity("Gi") == quantity("0") && !isQuantity("e")`]: true,
    [`isSemver("1.2.3 ")`]: false,
    [`quantity("1Gi").add(0) == device.capacity["dra.memory"].size`]: true,
    [`device.capacity["dra.memory"].size != quantity("1Gi").add(0)`]: true,
    [`device.capacity["dra.memory"].size in [quantity("1Gi").sub(0)]`]: false,
  })
) {
  Deno.test(`${expression} is ${verdict} of a pool of hugepages`, () => {
    assert.equal(new CelSelectors().evaluate(expression, device), verdict);
  });
}

for (
  const [expression, why] of Object.entries({
    [`device.attributes["dra.memory"].firmware == "1.10.0"`]:
      /errs on .*: no such overload: Semver == string/,
    [`quantity("100Ti").asInteger() > 0`]: /errs on .*: cannot convert value to integer/,
    [`device.capacity["dra.memory"].size == quantity("1Gi").sub(0)`]: /errs on .*: no such overload/,
    [`quantity("much") == quantity("1")`]: /errs on .*: Cannot use as a number of bytes: "much"/,
    [`${domain}.pageSize.matches("2(?=m)")`]: /errs on .*: error parsing regexp/,
    [`device.attributes["gpu.example.com"].model == "x"`]: /errs on hugepages-2m-numa1: No such key: model/,
    [`${domain}.numaNode < "1"`]: /no such overload/,
    [`${domain}.numaNode`]: /is no condition/,
  })
) {
  Deno.test(`${expression} errs, as it does in the scheduler`, () => {
    const verdict = new CelSelectors().evaluate(expression, device);
    assert.ok(typeof verdict === "object");
    assert.equal(verdict.kind, "errs");
    assert.match(verdict.why, why);
  });
}

for (
  const [expression, why] of Object.entries({
    [`sets.contains([1], [1])`]: /cannot be evaluated here: .*sets/,
    [`isIP("10.0.0.1")`]: /isIP/,
    [`device.attributes.numaNode == 1`]: /no such overload: map<string, dyn> == int/,
    [`device.capacity["dra.memory"].size == "1Gi"`]: /no such overload: Quantity == string/,
    [`device.`]: /cannot be evaluated here/,
  })
) {
  Deno.test(`${expression} uses what is not evaluated here, and is unknown`, () => {
    const verdict = new CelSelectors().evaluate(expression, device);
    assert.ok(typeof verdict === "object");
    assert.equal(verdict.kind, "unknown");
    assert.match(verdict.why, why);
  });
}
