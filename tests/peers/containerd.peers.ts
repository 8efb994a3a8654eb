import assert from "node:assert/strict";
import fc from "fast-check";
import { criPlugin, oldCriPlugin } from "../../adapters/operations/runtimes/containerd/names.ts";
import { RuntimeConfigError } from "../../core/operations/runtimes/configuration.ts";
import { type ConfigTable, valueAt, withChanges } from "../../core/values/config_table.ts";
import { defaultConfig } from "../containerd_configs/configs.ts";
import { requirePeer } from "./go.ts";
import { containerdProgram, type ContainerdVersion, containerdVersions } from "./containerd/binaries.ts";
import { configurations, type GeneratedFile, textsOf } from "./containerd/merged_files.ts";
import { ConfiguredNode } from "./containerd/configured_node.ts";

const nri = ["plugins", "io.containerd.nri.v1.nri"];

for (const version of containerdVersions) {
  const binary = await requirePeer(containerdProgram(version));
  const test = (what: string, run: () => Promise<void>) => Deno.test(`containerd ${version}: ${what}`, run);
  const cri = [
    "plugins",
    version === "1.7.35" ? "io.containerd.grpc.v1.cri" : "io.containerd.cri.v1.runtime",
  ];

  /** What the driver needs, and nothing else that is not as it was. */
  const assertSetUp = (before: ConfigTable, after: ConfigTable) => {
    const changed = withChanges(before, [
      { path: [...nri, "disable"], value: false },
      { path: [...nri, "disable_connections"], value: false },
      ...version === "2.4.2" ? [] : [{ path: [...cri, "enable_cdi"], value: true }],
      { path: [...cri, "disable_hugetlb_controller"], value: false },
    ]);
    assert.deepEqual(valueAt(after, ["plugins"]), valueAt(changed, ["plugins"]));
  };

  test("its default configuration, set up, differs in what the driver needs alone", async () => {
    await using node = await ConfiguredNode.start(binary, { "config.toml": local(defaultOf(version)) });
    const before = await node.understood();
    const written = await node.setUp();
    assert.equal(written[0], version === "1.7.35" ? "config.toml" : "conf.d/zz-dramemory.toml");
    assertSetUp(before, await node.understood());
    assert.deepEqual(await node.setUp(), []);
  });

  test("whatever its files have by whatever names in whatever versions, it is read as it reads them", async () => {
    const check = async (files: GeneratedFile[]) => {
      await using node = await ConfiguredNode.start(binary, textsOf(files));
      const [read, understood] = [await node.read(), await node.understoodOrRefused()];
      assert.equal(read === undefined, understood === undefined, "whether it starts");
      for (const [path, value] of Object.entries(read ?? {})) {
        const [root = "", plugin = "", ...keys] = path.split(" ");
        const name = plugin === criPlugin && version === "1.7.35" ? oldCriPlugin : plugin;
        assert.deepEqual(value, valueAt(understood, [root, name, ...keys]), path);
      }
    };
    await fc.assert(fc.asyncProperty(configurations, check), { numRuns: 60 });
  });

  test("whatever its files have, setting it up changes what the driver needs alone, or refuses and changes nothing", async () => {
    const check = async (files: GeneratedFile[]) => {
      await using node = await ConfiguredNode.start(binary, textsOf(files));
      const before = await node.understoodOrRefused();
      if (before === undefined) return;
      const isSetUp = await node.setUp().then(() => true, (error) => {
        assert.ok(error instanceof RuntimeConfigError, String(error));
        return false;
      });
      const after = await node.understood();
      if (isSetUp) assertSetUp(before, after);
      else assert.deepEqual(valueAt(after, ["plugins"]), valueAt(before, ["plugins"]));
    };
    await fc.assert(fc.asyncProperty(configurations, check), { numRuns: 60 });
  });

  test("a missing configuration is made so that only what the driver needs differs from what is built in", async () => {
    await using node = await ConfiguredNode.start(binary, {});
    const before = await node.builtIn();
    await node.setUp();
    assertSetUp(before, await node.understood());
  });

  test("a file of version 2 is set up whatever imports do to it, in place where a drop-in would not do", async () => {
    const cri = 'plugins."io.containerd.grpc.v1.cri"';
    await using node = await ConfiguredNode.start(binary, {
      "config.toml": `version = 2\nimports = ["conf.d/*.toml"]\n[${cri}]\nenable_selinux = true\n`,
      "conf.d/nvidia.toml": `version = 2\n[${cri}.containerd]\ndefault_runtime_name = "nvidia"\n`,
    });
    const before = await node.understood();
    const inPlace = ["conf.d/nvidia.toml", "config.toml"], late = ["conf.d/zz-dramemory.toml"];
    assert.deepEqual((await node.setUp()).sort(), version === "1.7.35" ? inPlace : late);
    assertSetUp(before, await node.understood());
  });

  if (version === "1.7.35" || version === "2.0.14") {
    test("it cannot require the plugin, and is left as it is", async () => {
      await using node = await ConfiguredNode.start(binary, { "config.toml": defaultOf(version) });
      const before = await node.understood();
      await assert.rejects(node.setUp(true), /^RuntimeConfigError: Cannot require the plugin: containerd /);
      assert.deepEqual(await node.understood(), before);
    });
    continue;
  }

  test("it requires the plugin beside others", async () => {
    const table = '[plugins."io.containerd.nri.v1.nri".default_validator]\nrequired_plugins = ["other"]\n';
    const imported = 'version = 3\nimports = ["other.toml"]\n';
    await using node = await ConfiguredNode.start(binary, {
      "config.toml": imported,
      "other.toml": `version = 3\n${table}`,
    });
    await node.setUp(true);
    const validator = valueAt(await node.understood(), [...nri, "default_validator"]);
    assert.deepEqual(
      ["enable", "required_plugins", "tolerate_missing_plugins_annotation"].map((key) =>
        valueAt(validator, [key])
      ),
      [true, ["other", "dramemory"], "tolerate-missing-nri-plugins.noderesource.dev"],
    );
  });
}

/** What a version prints; those of 2.3 print the same. */
function defaultOf(version: ContainerdVersion): string {
  return defaultConfig(version === "2.3.4" ? "2.3.7" : version);
}

/** A configuration whose imports stay below its own directory. */
function local(config: string): string {
  return config.replace("/etc/containerd/conf.d", "conf.d");
}
