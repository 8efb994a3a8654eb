import assert from "node:assert/strict";
import {
  SimulatedKubelet,
  SimulatedKubeletError,
} from "../../../../adapters/simulator/kubelet/simulated_kubelet.ts";
import type { PluginInfo } from "../../../../adapters/protocols/kubelet/generated/pluginregistration.ts";
import { claim, driver, pluginIn, running, withDirectory } from "../../driver/kubelet/fixture.ts";
import { BarePlugin } from "./_plugin.ts";
import { untilTrue } from "../../../until.ts";

function refused(what: string, info: Partial<PluginInfo>, reason: RegExp): void {
  Deno.test(`${what} is refused, and told why`, () =>
    withDirectory(async (root) => {
      const kubelet = new SimulatedKubelet({ root });
      const plugin = new BarePlugin(root, "x", info);
      await running([kubelet, plugin], async () => {
        await untilTrue(() => plugin.observer.refusals.length > 0);

        assert.match(String(plugin.observer.refusals[0]), reason);
        assert.equal(plugin.observer.registrations, 0);
        await assert.rejects(kubelet.prepare(driver, []), SimulatedKubeletError);
      });
    }));
}

refused("a plugin of another type", { type: "CSIPlugin" }, /type "CSIPlugin"/);
refused("a plugin without a name", { name: "" }, /no DNS subdomain/);
refused("a plugin without a version in common", { supportedVersions: ["v2.DRAPlugin"] }, /\[v2\.DRAPlugin\]/);
refused("a plugin without versions", { supportedVersions: [] }, /none of the versions/);
refused("an endpoint where no socket is", { endpoint: "/nowhere/dra.sock" }, /no socket at \/nowhere/);

Deno.test("a second plugin with the endpoint of the first is refused", () =>
  withDirectory(async (root) => {
    const kubelet = new SimulatedKubelet({ root });
    const { plugin, paths } = pluginIn(root);
    await running([kubelet, plugin], async () => {
      await kubelet.registered(driver);
      const copy = new BarePlugin(root, "copy", { endpoint: paths.dra });
      await running([copy], async () => {
        await untilTrue(() => copy.observer.refusals.length > 0);

        assert.match(String(copy.observer.refusals[0]), /registered with .*dra\.sock already/);
      });
    });
  }));

Deno.test("a refused plugin is asked again", () =>
  withDirectory(async (root) => {
    const kubelet = new SimulatedKubelet({ root });
    const endpoint = `${root}/late.sock`;
    const plugin = new BarePlugin(root, "x", { endpoint });
    await running([kubelet, plugin], async () => {
      await untilTrue(() => plugin.observer.refusals.length > 0);

      const listener = Deno.listen({ transport: "unix", path: endpoint });

      assert.equal((await kubelet.registered(driver)).endpoint, endpoint);
      listener.close();
    });
  }));

Deno.test("a plugin that names no endpoint serves everything at one socket", () =>
  withDirectory(async (root) => {
    const kubelet = new SimulatedKubelet({ root });
    await running([kubelet, new BarePlugin(root, "x", {})], async () => {
      assert.equal((await kubelet.registered(driver)).endpoint, `${root}/plugins_registry/x-reg.sock`);
    });
  }));

Deno.test("the newest version in common is used", () =>
  withDirectory(async (root) => {
    const kubelet = new SimulatedKubelet({ root });
    const plugin = new BarePlugin(root, "x", {
      supportedVersions: ["v3.DRAPlugin", "v1beta1.DRAPlugin", "v1.DRAPlugin"],
    });
    await running([kubelet, plugin], async () => {
      assert.deepEqual((await kubelet.registered(driver)).versions, ["v1", "v1beta1"]);
    });
  }));

Deno.test("a socket that nobody listens at, hidden names and other files do not disturb", () =>
  withDirectory(async (root) => {
    const kubelet = new SimulatedKubelet({ root });
    const { plugin } = pluginIn(root);
    await Deno.mkdir(`${root}/plugins_registry`);
    await Deno.writeTextFile(`${root}/plugins_registry/readme`, "");
    const dead = Deno.listen({ transport: "unix", path: `${root}/dead.sock` });
    await Deno.rename(`${root}/dead.sock`, `${root}/plugins_registry/dead-reg.sock`);
    dead.close();
    await running([kubelet, plugin, new BarePlugin(root, ".hidden", { name: "hidden" })], async () => {
      await kubelet.registered(driver);

      await assert.rejects(kubelet.prepare("hidden", []), SimulatedKubeletError);
    });
  }));

Deno.test("a driver whose socket went is not called any more", () =>
  withDirectory(async (root) => {
    const kubelet = new SimulatedKubelet({ root });
    const { plugin } = pluginIn(root);
    await running([kubelet], async () => {
      await running([plugin], () => kubelet.registered(driver));

      await untilTrue(() =>
        kubelet.prepare(driver, [claim("a")]).then(
          () => false,
          (error) => error instanceof SimulatedKubeletError,
        )
      );
    });
  }));

Deno.test("waiting for a driver ends with an error that says what was refused", () =>
  withDirectory(async (root) => {
    const kubelet = new SimulatedKubelet({ root });
    const plugin = new BarePlugin(root, "x", { type: "Other" });
    await running([kubelet, plugin], async () => {
      await untilTrue(() => plugin.observer.refusals.length > 0);

      await assert.rejects(
        kubelet.registered(driver, 100),
        (error) => error instanceof SimulatedKubeletError && /dra\.memory.*type "Other"/.test(error.message),
      );
    });
  }));
