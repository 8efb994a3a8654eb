import assert from "node:assert/strict";
import { parse } from "yaml";
import { newMetrics } from "../../adapters/driver/monitoring/metrics/metrics.ts";
import { deviceOf, GiB } from "../../core/samples.ts";
import { page, pages, root } from "./pages.ts";

const { inventory, metrics } = newMetrics();
inventory.replace([deviceOf("memory-numa0", GiB)]);
const exposed = new Map(
  [...metrics.render().matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = "", type = ""]) => [name, type]),
);
const { text } = page("docs/user/metrics.md");

Deno.test("the page of the metrics has each of them, with its type", () => {
  const rows = new Map(
    [...text.matchAll(/^\| `(dramemory_\w+)` *\| (\w+)/gm)].map(([, name = "", type = ""]) => [name, type]),
  );
  // What has no sample without work is not rendered.
  for (const [name, type] of exposed) assert.equal(rows.get(name), type, name);
});

Deno.test("every metric that a page names is one of them", () => {
  for (const { path, codes } of pages) {
    for (const code of codes.filter((code) => /^dramemory_[a-z_]+$/.test(code))) {
      assert.ok(exposed.has(code), `${path} has ${code}`);
    }
  }
});

Deno.test("each alert has its runbook, and no runbook is left over", async () => {
  const rules: { alert: string }[] = parse(
    await Deno.readTextFile(`${root}deploy/helm/dramemory/alerts.yaml`),
  );
  const alerts = rules.map(({ alert }) => alert);
  const runbooks = [...text.matchAll(/^### (Dramemory\w+)$/gm)].map(([, name]) => name);
  assert.deepEqual(runbooks.toSorted(), alerts.toSorted());
});

Deno.test("each runbook says what the alert means, where to look, and what to do", () => {
  for (const [, name, runbook = ""] of text.matchAll(/^### (Dramemory\w+)$([^]*?)(?=^### |$(?![^]))/gm)) {
    const parts = [...runbook.matchAll(/^- \*\*(.*):\*\* \S/gm)].map(([, part]) => part);
    assert.deepEqual(parts, ["It means", "Look", "Do"], name);
  }
});
