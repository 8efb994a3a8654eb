import assert from "node:assert/strict";
import { deviceOf, GiB } from "../../../../core/samples.ts";
import { newMetrics } from "./metrics.ts";
import { nonZero, parseExposition, seriesOf } from "./_parse.ts";

Deno.test("names, types and help follow Prometheus's conventions", () => {
  const { inventory, metrics } = newMetrics();
  inventory.replace([deviceOf("memory-numa0", GiB)]);
  const table = parseExposition(metrics.render());
  assert.ok(table.size > 0);
  for (const [name, { type, help, samples }] of table) {
    assert.match(name, /^dramemory_[a-z]+(_[a-z]+)+$/);
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
