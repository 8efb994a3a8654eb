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

/** A histogram's series have endings. */
function isExposed(name: string): boolean {
  const [base, ending] = name.split(/_(?=(?:bucket|sum|count)$)/);
  if (base === undefined) return false;
  return ending === undefined
    ? ["counter", "gauge"].includes(metrics.get(name) ?? "")
    : metrics.get(base) === "histogram";
}
