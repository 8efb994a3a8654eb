import assert from "node:assert/strict";
import { deviceOf, GiB, nodeName } from "../../../../core/samples.ts";
import { newMetrics } from "./metrics.ts";
import { nonZero, parseExposition, seriesOf, valueOf } from "./_parse.ts";

Deno.test("names, types and help follow Prometheus's conventions", () => {
  const { inventory, metrics } = newMetrics();
  inventory.replace([deviceOf("memory-numa0", GiB)]);
  const table = parseExposition(metrics.render());
  assert.ok(table.size > 0);
  for (const [name, { type, help, samples }] of table) {
    assert.match(name, /^dramemory(_[a-z]+)+$/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
    if (type === "histogram") assert.match(name, /_seconds$/);
    assert.match(help, /^[A-Z].*[^.]\.$/);
    for (const { labels } of samples) {
      assert.ok(Object.keys(labels).every((label) => /^[a-z_]+$/.test(label)));
    }
  }
});

Deno.test("every counter is there at zero before anything happened", () => {
  const { metrics } = newMetrics();
  assert.deepEqual(nonZero(metrics.render()), {
    'dramemory_build_info{arch="x86_64",deno="2.9.4",version="1.2.3"}': 1,
  });
});

Deno.test("every series names the node first", () => {
  const { inventory, metrics } = newMetrics();
  inventory.replace([deviceOf("memory-numa0", GiB)]);
  for (const { samples } of parseExposition(metrics.render()).values()) {
    for (const { name, labels } of samples) {
      assert.equal(Object.entries(labels)[0]?.join("="), `node=${nodeName}`, name);
    }
  }
});

Deno.test("each part of the driver's job is ready by itself", () => {
  const { readiness, metrics } = newMetrics();
  const ready = () =>
    ["kubelet", "runtime", "slices"].map((part) =>
      valueOf(metrics.render(), `dramemory_ready{part="${part}"}`)
    );
  assert.deepEqual(ready(), [0, 0, 0]);
  readiness.emit({ kind: "kubelet-registered" });
  readiness.emit({ kind: "slices-published", devices: 1, writes: 1 });
  assert.deepEqual(ready(), [1, 0, 1]);
  readiness.emit({ kind: "slices-failed", message: "the API server does not answer" });
  assert.deepEqual(ready(), [1, 0, 0]);
});

Deno.test("a machine with 64 NUMA nodes and three resources has fewer than a thousand series", () => {
  const { inventory, metrics } = newMetrics();
  inventory.replace(
    ["memory", "hugepages-2m", "hugepages-1g"].flatMap((resource) =>
      Array.from({ length: 64 }, (_, node) => deviceOf(`${resource}-numa${node}`, GiB))
    ),
  );
  const series = seriesOf(metrics.render());
  assert.equal(new Set(series).size, series.length);
  assert.ok(series.length < 1000, `${series.length} series`);
});
