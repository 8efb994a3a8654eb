import assert from "node:assert/strict";
import * as v from "valibot";
import { parse } from "yaml";
import { readObjects } from "../deploy/manifests.ts";
import { requirePeer } from "./go.ts";
import { allOptions } from "./helm/all_options.ts";
import { chart, helmProgram, renderChart } from "./helm/helm.ts";
import { failuresOf, problemsOf, promtoolProgram } from "./promtool/promtool.ts";
import { alertTests, furtherTests } from "./promtool/alert_tests.ts";

const helm = await requirePeer(helmProgram);
const promtool = await requirePeer(promtoolProgram);

const rules = v.array(v.looseObject({ alert: v.string(), expr: v.string() }));
const prometheusRule = v.object({ spec: v.object({ groups: v.array(v.object({ rules })) }) });
const dashboard = v.object({
  panels: v.array(v.object({ title: v.string(), targets: v.array(v.object({ expr: v.string() })) })),
});

const object = readObjects(await renderChart(helm, allOptions)).find(({ kind }) => kind === "PrometheusRule");
const alerts = v.parse(prometheusRule, object).spec.groups.flatMap(({ rules }) => rules);

Deno.test("Prometheus takes the alerts, the templates of their annotations too", async () => {
  assert.ok(alerts.length > 1);
  assert.equal(await problemsOf(promtool, alerts), "");
});

Deno.test("the file of rules for a Prometheus without an operator has the same alerts", async () => {
  const file = new URL("../../deploy/monitoring/dramemory.rules.yaml", import.meta.url);
  const { groups } = v.parse(
    v.object({ groups: v.array(v.object({ rules })) }),
    parse(await Deno.readTextFile(file)),
  );
  assert.deepEqual(groups.flatMap(({ rules }) => rules), alerts);
});

for (const { alert } of alerts) {
  Deno.test(`${alert} fires when it should and stops afterwards`, async () => {
    const test = alertTests[alert];
    assert.ok(test !== undefined, "it has no test");
    assert.equal(await failuresOf(promtool, alerts, [test(alert)]), "");
  });
}

for (const [what, alert, test] of furtherTests) {
  Deno.test(`${alert}: ${what}`, async () => {
    assert.equal(await failuresOf(promtool, alerts, [test(alert)]), "");
  });
}

Deno.test("the alert for missing pods knows the DaemonSet by whatever name it is given", async () => {
  const text = await renderChart(helm, { ...allOptions, fullnameOverride: "memory" });
  assert.match(text, /desired_number_scheduled\{daemonset=~"memory"\}/);
});

Deno.test("every test of an alert is for one that there is", () => {
  const names = alerts.map(({ alert }) => alert);
  assert.deepEqual(Object.keys(alertTests).filter((name) => !names.includes(name)), []);
});

Deno.test("Prometheus takes the expressions of the dashboard", async () => {
  const text = await Deno.readTextFile(new URL("dashboards/dramemory.json", chart));
  // Grafana puts in what its variables stand for.
  const expressions = v.parse(dashboard, JSON.parse(text)).panels
    .flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll("$__rate_interval", "5m")));
  const recorded = expressions.map((expr, index) => ({ record: `expression_${index}`, expr }));
  assert.deepEqual(await problemsOf(promtool, recorded), "");
});

Deno.test("Prometheus does find mistakes", async () => {
  const broken = {
    alert: "Broken",
    expr: "sum by (node (up)",
    annotations: { summary: "{{ $labels.node }" },
  };
  const problems = await problemsOf(promtool, [broken]);
  assert.match(problems, /could not parse expression/);
  assert.match(problems, /annotation "summary": template/);
});
