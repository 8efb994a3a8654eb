import assert from "node:assert/strict";
import { basename } from "node:path";
import { SimulatedKubelet } from "../../../../adapters/simulator/kubelet/simulated_kubelet.ts";
import { UnixSocketError } from "../../../../adapters/shared/sockets/unix_socket.ts";
import { claim, driver, names, pluginIn, running, withDirectory } from "./fixture.ts";
import { untilTrue } from "../../../until.ts";

Deno.test("the kubelet finds the driver and registers it, newest version first", () =>
  withDirectory(async (root) => {
    const { plugin, paths, observer } = pluginIn(root);
    const kubelet = new SimulatedKubelet({ root });
    await running([kubelet, plugin], async () => {
      assert.equal(plugin.registered, false);

      const { endpoint, versions } = await kubelet.registered(driver);

      assert.equal(endpoint, paths.dra);
      assert.deepEqual(versions, ["v1", "v1beta1"]);
      assert.equal(plugin.registered, true);
      assert.equal(observer.registrations, 1);
    });
    assert.equal(plugin.registered, false);
  }));

Deno.test("the sockets appear in directories made for them, and both go when the driver stops", () =>
  withDirectory(async (root) => {
    const { plugin } = pluginIn(root);
    await running([plugin], async () => {
      assert.deepEqual(await names(`${root}/plugins/${driver}`), ["dra.sock"]);
      assert.deepEqual(await names(`${root}/plugins_registry`), [`${driver}-reg.sock`]);
    });
    assert.deepEqual(await names(`${root}/plugins/${driver}`), []);
    assert.deepEqual(await names(`${root}/plugins_registry`), []);
  }));

Deno.test("the driver does not start when the registration socket cannot be bound, and leaves nothing", () =>
  withDirectory(async (root) => {
    const { plugin, paths } = pluginIn(root);
    await Deno.mkdir(`${root}/plugins_registry`);
    await Deno.writeTextFile(paths.registration, "in the way");

    await assert.rejects(plugin.start(), UnixSocketError);

    assert.deepEqual(await names(`${root}/plugins/${driver}`), []);
  }));

Deno.test("a refusal reaches the observer", () =>
  withDirectory(async (root) => {
    const { plugin, observer } = pluginIn(root, { name: "Not_A_Subdomain" });
    await running([new SimulatedKubelet({ root }), plugin], async () => {
      await untilTrue(() => observer.refusals.length > 0);

      assert.equal(plugin.registered, false);
      assert.match(String(observer.refusals[0]), /no DNS subdomain/);
    });
  }));

Deno.test("a kubelet that was started again registers the driver at the sockets it finds", () =>
  withDirectory(async (root) => {
    const { plugin, paths, observer } = pluginIn(root);
    const kubelet = new SimulatedKubelet({ root });
    await running([kubelet, plugin], async () => {
      await kubelet.registered(driver);
      const { ino } = await Deno.lstat(paths.registration);

      await kubelet.restart();
      await kubelet.registered(driver);

      assert.equal(observer.registrations, 2);
      assert.equal((await Deno.lstat(paths.registration)).ino, ino);
      assert.equal((await kubelet.prepare(driver, [claim("a")])).size, 1);
    });
  }));

Deno.test("when the registry directory was wiped the driver is registered anew", () =>
  withDirectory(async (root) => {
    const { plugin, observer } = pluginIn(root);
    const kubelet = new SimulatedKubelet({ root });
    await running([kubelet, plugin], async () => {
      await kubelet.registered(driver);

      await Deno.remove(`${root}/plugins_registry`, { recursive: true });

      await untilTrue(() => observer.registrations === 2);
      await kubelet.registered(driver);
      assert.equal((await kubelet.prepare(driver, [claim("a")])).size, 1);
      assert.deepEqual(observer.errors, []);
    });
  }));

Deno.test("when both directories were wiped a call under way goes on and new ones work", () =>
  withDirectory(async (root) => {
    const { plugin, service, observer } = pluginIn(root);
    const kubelet = new SimulatedKubelet({ root });
    await running([kubelet, plugin], async () => {
      await kubelet.registered(driver);
      const gate = Promise.withResolvers<void>();
      service.gate = gate.promise;
      const underWay = kubelet.prepare(driver, [claim("before")]).catch((error) => error);
      await untilTrue(() => service.running === 1);

      await Deno.remove(`${root}/plugins`, { recursive: true });
      await Deno.remove(`${root}/plugins_registry`, { recursive: true });

      await untilTrue(() => observer.registrations === 2);
      await kubelet.registered(driver);
      gate.resolve();
      await underWay;
      assert.equal((await kubelet.prepare(driver, [claim("after")])).size, 1);
      assert.deepEqual(service.prepared, ["uid-before", "uid-after"]);
    });
  }));

Deno.test("a registry that cannot be written is reported and tried again", () =>
  withDirectory(async (root) => {
    const { plugin, observer, paths } = pluginIn(root);
    await running([plugin], async () => {
      await Deno.remove(`${root}/plugins_registry`, { recursive: true });
      await Deno.writeTextFile(`${root}/plugins_registry`, "in the way");
      await untilTrue(() => observer.errors.length > 0);

      await Deno.remove(`${root}/plugins_registry`);

      await untilTrue(async () => (await names(root)).includes("plugins_registry"));
      // Bound under a passing name first.
      const registered = basename(paths.registration);
      await untilTrue(async () => (await names(`${root}/plugins_registry`)).join() === registered);
      assert.ok((await Deno.lstat(paths.registration)).isSocket);
    });
  }));

Deno.test("in a rolling update both instances are registered, the newer one is called, and the older one leaves", () =>
  withDirectory(async (root) => {
    const older = pluginIn(root, { pod: "older" });
    const newer = pluginIn(root, { pod: "newer" });
    const kubelet = new SimulatedKubelet({ root });
    await running([kubelet, newer.plugin], async () => {
      await running([older.plugin], async () => {
        await untilTrue(() => older.plugin.registered && newer.plugin.registered);
      });
      await untilTrue(async () => (await names(`${root}/plugins_registry`)).length === 1);

      await kubelet.registered(driver);
      await untilTrue(async () => (await kubelet.registered(driver)).endpoint === newer.paths.dra);
      await kubelet.prepare(driver, [claim("a")]);

      assert.deepEqual(newer.service.prepared, ["uid-a"]);
    });
  }));

Deno.test("an instance that took the sockets over keeps them when the former one stops", () =>
  withDirectory(async (root) => {
    const former = pluginIn(root);
    const latter = pluginIn(root);
    const kubelet = new SimulatedKubelet({ root });
    await running([kubelet, former.plugin], () =>
      running([latter.plugin], async () => {
        await former.plugin.stop();

        await untilTrue(() => latter.plugin.registered);
        await kubelet.registered(driver);
        await kubelet.prepare(driver, [claim("a")]);

        assert.deepEqual(latter.service.prepared, ["uid-a"]);
      }));
  }));

Deno.test("a driver that stops lets the call under way finish and takes no new one", () =>
  withDirectory(async (root) => {
    const { plugin, service } = pluginIn(root);
    const kubelet = new SimulatedKubelet({ root });
    await running([kubelet, plugin], async () => {
      await kubelet.registered(driver);
      const gate = Promise.withResolvers<void>();
      service.gate = gate.promise;
      const underWay = kubelet.prepare(driver, [claim("running")]);
      await untilTrue(() => service.running === 1);

      const stopped = plugin.stop();
      await untilTrue(async () => (await names(`${root}/plugins/${driver}`)).length === 0);
      await assert.rejects(kubelet.prepare(driver, [claim("late")]));
      gate.resolve();

      assert.deepEqual([...(await underWay).keys()], ["uid-running"]);
      await stopped;
      assert.deepEqual(service.prepared, ["uid-running"]);
    });
  }));

Deno.test("a driver that stops waits no longer than it was told", () =>
  withDirectory(async (root) => {
    const { plugin, service } = pluginIn(root);
    const kubelet = new SimulatedKubelet({ root });
    await running([kubelet, plugin], async () => {
      await kubelet.registered(driver);
      const never = Promise.withResolvers<void>();
      service.gate = never.promise;
      const underWay = kubelet.prepare(driver, [claim("stuck")]);
      const failed = assert.rejects(underWay);
      await untilTrue(() => service.running === 1);

      await plugin.stop(50);

      await failed;
      never.resolve();
    });
  }));

Deno.test("the sockets are looked after again and again, also when they cannot be put back", () =>
  withDirectory(async (root) => {
    const { plugin, observer } = pluginIn(root);
    await running([plugin], async () => {
      await untilTrue(() => observer.looks > 0);
      await Deno.remove(`${root}/plugins_registry`, { recursive: true });
      await Deno.writeTextFile(`${root}/plugins_registry`, "in the way");
      await untilTrue(() => observer.errors.length > 0);
      const looks = observer.looks;
      await untilTrue(() => observer.looks > looks);
      await Deno.remove(`${root}/plugins_registry`);
    });
  }));
