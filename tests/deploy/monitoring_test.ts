import assert from "node:assert/strict";
import * as v from "valibot";
import { parse } from "yaml";
import { newMetrics } from "../adapters/driver/monitoring/metrics/metrics.ts";
import { deviceOf, GiB } from "../core/samples.ts";

const chart = new URL("../../deploy/helm/dramemory/", import.meta.url);
const dashboard = await Deno.readTextFile(new URL("dashboards/dramemory.json", chart));
const alertsText = await Deno.readTextFile(new URL("alerts.yaml", chart));
const alerts = v.parse(
  v.array(
    v.looseObject({ alert: v.string(), expr: v.string(), annotations: v.record(v.string(), v.string()) }),
  ),
  parse(alertsText),
);

const { inventory, metrics: driver } = newMetrics();
inventory.replace([deviceOf("memory-numa0", GiB)]);
const exposed = driver.render();
const metrics = new Map(
  [...exposed.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = "", type = ""]) => [name, type]),
);

/** What the page of the metrics says of their labels; `node` is on each, and a Prometheus of many clusters adds `cluster`. */
const page = await Deno.readTextFile(new URL("../../docs/user/metrics.md", import.meta.url));
const labels = new Set([
  ...[...page.matchAll(/^\| `dramemory_\w+` *\| \w+ *\|([^|]*)\|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name)
  ),
  ...["cluster", "node", "le"],
]);

for (const [what, text] of [["the dashboard", dashboard], ["the alerts", alertsText]] as const) {
  Deno.test(`the driver has every metric of ${what}`, () => {
    const names = new Set(text.match(/dramemory_\w+/g));
    assert.ok(names.size > 0);
    for (const name of names) assert.ok(isExposed(name), name);
  });
}

Deno.test("an alert names a label value that there is", () => {
  for (const [, label, value] of alertsText.matchAll(/\{(\w+)="([^"]+)"\}/g)) {
    assert.ok(exposed.includes(`${label}="${value}"`), `${label}="${value}"`);
  }
});

Deno.test("each alert says what happened and what to do, by labels that its expression keeps", () => {
  for (const { alert, expr, annotations } of alerts) {
    assert.deepEqual(Object.keys(annotations).sort(), ["description", "summary"], alert);
    const kept = /by \(([^)]+)\)/.exec(expr)?.[1]?.split(", ");
    const used = Object.values(annotations).flatMap((text) => [...text.matchAll(/\$labels\.(\w+)/g)]);
    for (const [, label = ""] of used) {
      assert.ok(kept?.includes(label) ?? label === "node", `${alert}: ${label}`);
    }
  }
});

const { panels } = v.parse(
  v.object({
    panels: v.array(v.object({
      title: v.string(),
      description: v.string(),
      targets: v.array(v.object({ expr: v.string(), legendFormat: v.string() })),
    })),
  }),
  JSON.parse(dashboard),
);

for (const { title, description, targets } of panels) {
  Deno.test(`the panel "${title}" is explained, chosen by cluster and node, and names labels that there are`, () => {
    assert.match(description, /^[A-Z].*\.$/);
    for (const { expr, legendFormat } of targets) {
      const selectors = [...expr.matchAll(/(dramemory_\w+)(\{[^}]*\})?/g)];
      assert.ok(selectors.length > 0, expr);
      for (const [, , selector] of selectors) {
        assert.equal(selector, '{cluster=~"$cluster", node=~"$node"}', expr);
      }
      const grouped = [...expr.matchAll(/by \(([^)]+)\)/g)].flatMap(([, names = ""]) => names.split(", "));
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = ""]) => name);
      for (const label of grouped) assert.ok(labels.has(label), `${label} in ${expr}`);
      for (const label of shown) assert.ok(grouped.includes(label), `${label} in ${legendFormat}`);
    }
  });
}

/** A histogram's series have endings. */
function isExposed(name: string): boolean {
  const [base, ending] = name.split(/_(?=(?:bucket|sum|count)$)/);
  if (base === undefined) return false;
  return ending === undefined
    ? ["counter", "gauge"].includes(metrics.get(name) ?? "")
    : metrics.get(base) === "histogram";
}
