import assert from "node:assert/strict";
import * as v from "valibot";
import { readObjects } from "../deploy/manifests.ts";
import { requirePeer } from "./go.ts";
import { allOptions } from "./helm/all_options.ts";
import { chart, helmProgram, renderChart } from "./helm/helm.ts";
import { problemsOf, prometheusProgram } from "./prometheus/prometheus.ts";

const helm = await requirePeer(helmProgram);
const prometheus = await requirePeer(prometheusProgram);

const rules = v.array(v.looseObject({ alert: v.string(), expr: v.string() }));
const prometheusRule = v.object({ spec: v.object({ groups: v.array(v.object({ rules })) }) });
const dashboard = v.object({
  panels: v.array(v.object({ title: v.string(), targets: v.array(v.object({ expr: v.string() })) })),
});

Deno.test("Prometheus takes the alerts, the templates of their annotations too", async () => {
  const object = readObjects(await renderChart(helm, allOptions)).find(({ kind }) =>
    kind === "PrometheusRule"
  );
  const alerts = v.parse(prometheusRule, object).spec.groups.flatMap(({ rules }) => rules);
  assert.ok(alerts.length > 1);
  assert.deepEqual(await problemsOf(prometheus, alerts), []);
});

Deno.test("Prometheus takes the expressions of the dashboard", async () => {
  const text = await Deno.readTextFile(new URL("dashboards/dramemory.json", chart));
  // Grafana puts in what its variables stand for.
  const expressions = v.parse(dashboard, JSON.parse(text)).panels
    .flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll("$__rate_interval", "5m")));
  const recorded = expressions.map((expr, index) => ({ record: `expression_${index}`, expr }));
  assert.deepEqual(await problemsOf(prometheus, recorded), []);
});

Deno.test("Prometheus does find mistakes", async () => {
  const broken = {
    alert: "Broken",
    expr: "sum by (node (up)",
    annotations: { summary: "{{ $labels.node }" },
  };
  assert.equal((await problemsOf(prometheus, [broken])).length, 2);
});
