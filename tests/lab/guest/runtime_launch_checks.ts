/** The executable under test as a plugin that the runtime itself starts. */
import assert from "node:assert/strict";
import { until } from "../../until.ts";
import { nodeRuntime } from "./node_runtime.ts";
import { hugepages } from "./placement_promises.ts";
import { limitsOf, withRuntime } from "./runtime_cluster.ts";

const plugin = "/opt/nri/plugins/90-dramemory";
const flags = "/etc/nri/conf.d/90-dramemory.conf";

Deno.test("a driver in the runtime's plugin directory runs and ends with the runtime", () =>
  withRuntime(nodeRuntime(), [], async (cluster) => {
    const { runtime, claims } = cluster;
    for (const directory of ["/opt/nri/plugins", "/etc/nri/conf.d"]) {
      await Deno.mkdir(directory, { recursive: true });
    }
    await Deno.link("/lab/dramemory", plugin);
    await Deno.writeTextFile(flags, claims.driverFlags().join("\n"));
    try {
      await runtime.stop();
      await runtime.start();
      await claims.driverReady();
      const pod = await cluster.startPod([hugepages]);
      const container = await cluster.startMain(pod);
      assert.deepEqual(await cluster.limits(pod, container), limitsOf(hugepages));

      await runtime.stop();
      await until("the driver to end", async () => await isRunning() ? undefined : true);
      await runtime.start();
      await claims.driverReady();
      assert.deepEqual(await cluster.limits(pod, container), limitsOf(hugepages));
      await cluster.removePod(pod);
    } finally {
      await Deno.remove(plugin);
    }
  }));

async function isRunning(): Promise<boolean> {
  const { success } = await new Deno.Command("pidof", { args: ["90-dramemory"], stdout: "null" }).output();
  return success;
}
