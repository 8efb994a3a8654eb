import assert from "node:assert/strict";
import { SimulatedKubelet } from "../../../../adapters/simulator/kubelet/simulated_kubelet.ts";
import { removeAbandonedSockets } from "../../../../adapters/driver/kubelet/abandoned_sockets.ts";
import { socketPaths } from "../../../../adapters/driver/kubelet/socket_path.ts";
import { podUid } from "../../../../core/values/ids.ts";
import { driver, names, pluginIn, running, withDirectory } from "./fixture.ts";
import { untilTrue } from "../../../until.ts";

/** Leaves a socket as a process does that was killed: a file at which nobody listens. */
async function abandonSocket(path: string): Promise<void> {
  using _listener = Deno.listen({ transport: "unix", path: `${path}.bound` });
  await Deno.rename(`${path}.bound`, path);
}

Deno.test("sockets of instances that were killed go; living ones, others' and files that are none stay", () =>
  withDirectory(async (root) => {
    const own = pluginIn(root, { pod: "living" });
    await running([own.plugin], async () => {
      const registry = `${root}/plugins_registry`, plugins = `${root}/plugins/${driver}`;
      const dead = socketPaths({ kubeletRoot: root, driver, podUid: podUid("dead") });
      for (const path of [dead.dra, dead.registration, `${registry}/dra.other-dead-reg.sock`]) {
        await abandonSocket(path);
      }
      await Deno.writeTextFile(`${registry}/${driver}-note-reg.sock`, "no socket");
      await Deno.writeTextFile(`${plugins}/serialize.lock`, "");

      await removeAbandonedSockets(driver, socketPaths({ kubeletRoot: root, driver, podUid: podUid("new") }));

      assert.deepEqual((await names(registry)).sort(), [
        `${driver}-living-reg.sock`,
        `${driver}-note-reg.sock`,
        "dra.other-dead-reg.sock",
      ]);
      assert.deepEqual((await names(plugins)).sort(), ["dra-living.sock", "serialize.lock"]);
    });
  }));

Deno.test("an instance that starts after another one was killed is the only one that the kubelet knows", () =>
  withDirectory(async (root) => {
    const dead = socketPaths({ kubeletRoot: root, driver, podUid: podUid("dead") });
    await Deno.mkdir(`${root}/plugins_registry`, { recursive: true });
    await abandonSocket(dead.registration);
    const { plugin } = pluginIn(root, { pod: "living" });
    const kubelet = new SimulatedKubelet({ root });

    await running([kubelet, plugin], async () => {
      await kubelet.registered(driver);
      await untilTrue(async () => (await names(`${root}/plugins_registry`)).length === 1);
      assert.deepEqual(await names(`${root}/plugins_registry`), [`${driver}-living-reg.sock`]);
    });
  }));
