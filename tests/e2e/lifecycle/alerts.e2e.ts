/** Every alert is seen to fire and to stop, by a real Prometheus, for what becomes of a real node. */
import assert from "node:assert/strict";
import { devicesOf } from "../cluster/devices.ts";
import { deployDriver, driverReady } from "../cluster/driver.ts";
import { nodeShell } from "../cluster/node.ts";
import { clusterTest, step } from "../cluster/suite.ts";
import { drawDashboard, filledPanels } from "./alerts/dashboard.ts";
import { bytes, stories } from "./alerts/stories.ts";
import { quickRules, WatchedCluster } from "./alerts/watched_cluster.ts";

clusterTest("each alert fires for what it is for, and stops afterwards", {
  needs: async (api) => nodeShell() && await devicesOf(api, "hugepages-2m", 4 * bytes),
  run: async ({ api, namespace }, [device]) => {
    const told = stories.flatMap(({ alerts }) => alerts);
    const left = (await quickRules()).map(({ alert }) => alert).filter((alert) => !told.includes(alert));
    assert.deepEqual(left, []);
    await namespace.createTemplate("pages", { resource: "hugepages-2m", bytes, numaNode: device.numaNode });
    await using watched = await WatchedCluster.start(api);
    try {
      for (const { alerts, cause, remedy } of stories) {
        await watched.stops(...alerts);
        step(`${alerts.join(", ")}: the cause`);
        await cause({ api, namespace });
        await watched.fires(...alerts);
        step(`${alerts.join(", ")}: the remedy`);
        await remedy({ api, namespace });
        await watched.stops(...alerts);
      }
      step("the dashboard, as a picture");
      await drawDashboard(await filledPanels(watched));
    } finally {
      await deployDriver(api);
      await driverReady(api);
    }
  },
});
