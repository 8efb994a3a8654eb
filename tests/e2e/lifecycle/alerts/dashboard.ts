import * as v from "valibot";
import { dashboardPicture, type Panel } from "../../../peers/prometheus/dashboard_picture.ts";
import type { WatchedCluster } from "./watched_cluster.ts";

const file = new URL("../../../../deploy/helm/dramemory/dashboards/dramemory.json", import.meta.url);
const dashboard = v.object({
  panels: v.array(v.looseObject({
    title: v.string(),
    type: v.string(),
    gridPos: v.object({ x: v.number(), y: v.number(), w: v.number(), h: v.number() }),
    fieldConfig: v.object({ defaults: v.looseObject({ unit: v.string() }) }),
    targets: v.array(v.object({ expr: v.string(), legendFormat: v.string() })),
  })),
});

/** The panels of the project's dashboard, for all clusters and nodes, with what Prometheus has for them. */
export async function filledPanels(watched: WatchedCluster): Promise<Panel[]> {
  const { panels } = v.parse(dashboard, JSON.parse(await Deno.readTextFile(file)));
  const filled: Panel[] = [];
  for (const panel of panels) {
    const targets = [];
    for (const { expr, legendFormat } of panel.targets) {
      // Grafana puts in what its variables stand for.
      const expression = expr.replaceAll("$__rate_interval", "30s").replaceAll(/\$(cluster|node)/g, ".*");
      targets.push({ legendFormat, series: await watched.series(expression) });
    }
    filled.push({ ...panel, targets });
  }
  return filled;
}

/** Draws them, where E2E_DASHBOARD_PICTURE says. */
export async function drawDashboard(panels: readonly Panel[]): Promise<void> {
  const path = Deno.env.get("E2E_DASHBOARD_PICTURE");
  if (path !== undefined) await Deno.writeTextFile(path, dashboardPicture(panels));
}
