/**
 * Renders the chart into `deploy/manifests/`, for clusters without Helm, and its alerts into `deploy/monitoring/`, for a
 * Prometheus without its operator. Needs Go, which Helm is built with.
 */
import { goBinary, GoError } from "../tests/peers/go.ts";
import { chart, helmProgram, renderChart } from "../tests/peers/helm/helm.ts";
import { chartDigest } from "./manifests/chart_digest.ts";
import { manifestFiles } from "./manifests/manifest_files.ts";
import { rulesFile } from "./manifests/rules_file.ts";

const manifests = new URL("../deploy/manifests/", import.meta.url);
const rules = new URL("../deploy/monitoring/dramemory.rules.yaml", import.meta.url);

async function render(): Promise<void> {
  const helm = await goBinary(helmProgram);
  const files = manifestFiles(await renderChart(helm), await chartDigest(chart));
  for await (const { name } of Deno.readDir(manifests)) {
    if (!files.has(name)) await Deno.remove(new URL(name, manifests));
  }
  for (const [name, text] of files) await Deno.writeTextFile(new URL(name, manifests), text);
  await Deno.writeTextFile(rules, rulesFile(await renderChart(helm, { prometheusRule: { create: true } })));
}

try {
  await render();
} catch (error) {
  if (!(error instanceof GoError)) throw error;
  console.error(error.message);
  Deno.exit(1);
}
