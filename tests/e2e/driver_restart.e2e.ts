import assert from "node:assert/strict";
import { devicesOf } from "./cluster/devices.ts";
import { driverReady, endDriver, upgradeDriver } from "./cluster/driver.ts";
import { succeeded, underLoad } from "./cluster/load.ts";
import { withTemplate } from "./cluster/objects.ts";
import { clusterTest } from "./cluster/suite.ts";

const bytes = 4 * 2 ** 20;
const enough = 16 * bytes;

const mapping = { bytes, page: "2m" } as const;
const load = { atOnce: 4, least: 8 };

clusterTest("the driver ends while pods start: all of them get their pages in the end", {
  needs: (api) => devicesOf(api, "hugepages-2m", enough),
  run: async ({ api, namespace }, [{ numaNode }]) => {
    await namespace.createTemplate("pages", { resource: "hugepages-2m", bytes, numaNode });
    // Nobody is asked about a container that starts just then: it finds no pages, and gets them at its next start.
    const plan = withTemplate("pages", mapping, { restartPolicy: "OnFailure" });
    const names = await underLoad(namespace, { plan, ...load }, async () => {
      await endDriver(api);
      await driverReady(api);
    });
    for (const report of await succeeded(namespace, names)) assert.deepEqual(report, { [numaNode]: bytes });
  },
});

clusterTest("the driver is upgraded by its DaemonSet while pods come and go: none of them fails", {
  needs: (api) => devicesOf(api, "hugepages-2m", enough),
  run: async ({ api, namespace }, [{ numaNode }]) => {
    await namespace.createTemplate("pages", { resource: "hugepages-2m", bytes, numaNode });
    const plan = withTemplate("pages", mapping);
    const names = await underLoad(namespace, { plan, ...load }, async () => {
      await upgradeDriver(api);
      await driverReady(api);
    });
    for (const report of await succeeded(namespace, names)) assert.deepEqual(report, { [numaNode]: bytes });
  },
});
