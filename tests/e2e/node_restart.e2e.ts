import assert from "node:assert/strict";
import { type Devices, devicesOf, publishedDevices } from "./cluster/devices.ts";
import { succeeded, underLoad } from "./cluster/load.ts";
import { type NodeService, restart, restartCommand } from "./cluster/node.ts";
import { withTemplate } from "./cluster/objects.ts";
import { clusterTest } from "./cluster/suite.ts";
import { waitFor } from "./cluster/wait.ts";

const bytes = 4 * 2 ** 20;
const backSeconds = 120;

const mapping = { bytes, page: "2m" } as const;
// What starts while nobody is asked about it finds no pages, and gets them at its next start.
const plan = withTemplate("pages", mapping, { restartPolicy: "OnFailure" });

for (const service of ["kubelet", "containerd"] satisfies NodeService[]) {
  clusterTest(`${service} is restarted while pods start: all get their pages, and who had some keeps them`, {
    needs: async (api): Promise<{ devices: Devices; command: string } | undefined> => {
      const devices = await devicesOf(api, "hugepages-2m", 16 * bytes);
      const command = restartCommand(service);
      return devices === undefined || command === undefined ? undefined : { devices, command };
    },
    run: async ({ api, namespace }, { devices: [{ numaNode }], command }) => {
      const published = await names(api);
      await namespace.createTemplate("pages", { resource: "hugepages-2m", bytes, numaNode });
      await namespace.createPod("before", withTemplate("pages", mapping, { stays: true }));
      await namespace.running("before");

      const started = await underLoad(
        namespace,
        { plan, atOnce: 4, least: 6 },
        () => restart(command),
      );
      for (const report of await succeeded(namespace, started)) {
        assert.deepEqual(report, { [numaNode]: bytes });
      }

      await namespace.running("before");
      assert.deepEqual(await namespace.memoryOf("before"), { [numaNode]: bytes });
      await waitFor("the slices to be there again", backSeconds, async () => {
        const now = await names(api);
        return now === published ? { value: undefined } : { missing: now };
      });
    },
  });
}

async function names(api: Parameters<typeof publishedDevices>[0]): Promise<string> {
  return (await publishedDevices(api)).map(({ node, name }) => `${node}/${name}`).sort().join(", ");
}
