import assert from "node:assert/strict";
import { planContainerdText } from "../../../../../adapters/operations/runtimes/containerd/plan.ts";
import { parseToml } from "../../../../../adapters/shared/toml/toml_text.ts";
import { valueAt } from "../../../../../core/values/config_table.ts";
import { defaultConfig, defaultConfigs } from "../../../../containerd_configs/configs.ts";
import { changedLines } from "../../../shared/toml/lines.ts";
import { dropIn, editsOf, main, plan, unmet, wishOf } from "./setup.ts";

const oldCri = 'plugins."io.containerd.grpc.v1.cri"';
const cri = 'plugins."io.containerd.cri.v1.runtime"';
const nri = 'plugins."io.containerd.nri.v1.nri"';

for (const [version, text] of Object.entries(defaultConfigs)) {
  Deno.test(`containerd ${version}'s default configuration: what is set up needs nothing any more`, async () => {
    const first = await plan({ [main]: text }, { installed: version });
    assert.ok(first.edits.length > 0);
    const second = await plan({ [main]: text, ...editsOf(first) }, { installed: version });
    assert.deepEqual([unmet(second), second.edits], [[], []]);
  });

  Deno.test(`containerd ${version}'s default configuration: as a text it is edited in place`, async () => {
    const { edits } = await planContainerdText(text, "stdin", wishOf({}));
    const [edit] = edits;
    const table = parseToml(edit?.text ?? "", "stdin");
    const plugin = version.startsWith("1.") ? "io.containerd.grpc.v1.cri" : "io.containerd.cri.v1.runtime";
    assert.equal(edits.length, 1);
    assert.equal(valueAt(table, ["plugins", plugin, "disable_hugetlb_controller"]), false);
    assert.equal(valueAt(table, ["plugins", "io.containerd.nri.v1.nri", "disable"]), false);
  });
}

Deno.test("version 2 is edited in place where 1.7 may read it, three lines of it", async () => {
  const text = defaultConfig("1.7.35");
  const edits = editsOf(await plan({ [main]: text }));
  assert.deepEqual(Object.keys(edits), [main]);
  const { removed, added } = changedLines(text, edits[main] ?? "");
  const changed = removed.flatMap((line, index) => line === added[index] ? [] : [added[index]?.trim()]);
  assert.deepEqual(changed, ["disable_hugetlb_controller = false", "enable_cdi = true", "disable = false"]);
});

Deno.test("versions 3 and 4 get a drop-in of the same version, and an import of its directory if there is none", async () => {
  const expected = (version: number) =>
    `version = ${version}\n\n[${cri}]\n  disable_hugetlb_controller = false\n`;
  const heading = "# Settings for dramemory, written by `dramemory setup-runtime containerd`.\n\n";
  const older = editsOf(await plan({ [main]: defaultConfig("2.1.9") }));
  assert.deepEqual(Object.keys(older), [dropIn, main]);
  assert.deepEqual(changedLines(defaultConfig("2.1.9"), older[main] ?? ""), {
    removed: ["imports = []"],
    added: ['imports = ["conf.d/*.toml"]'],
  });
  assert.deepEqual(older[dropIn], heading + expected(3));
  assert.deepEqual(editsOf(await plan({ [main]: defaultConfig("2.3.7") })), {
    [dropIn]: heading + expected(4),
  });
});

Deno.test("a drop-in keeps what is in it", async () => {
  const text = `# mine\nversion = 3\n[${cri}]\nenable_selinux = true\n`;
  const edits = editsOf(await plan({ [main]: defaultConfig("2.2.9"), [dropIn]: text }));
  assert.deepEqual(edits, { [dropIn]: `${text}disable_hugetlb_controller = false\n` });
});

Deno.test("a drop-in goes where files are imported from already", async () => {
  const text =
    'version = 3\nimports = ["/elsewhere/*.toml", "/etc/containerd/certs.d/*.conf", "parts/*.toml"]\n';
  const edits = editsOf(await plan({ [main]: text }));
  assert.deepEqual(Object.keys(edits), ["/etc/containerd/parts/zz-dramemory.toml"]);
});

Deno.test("a drop-in is read last, also after one that others write there later", async () => {
  const text = 'version = 3\nimports = ["conf.d/*.toml"]\n';
  const later = {
    "/etc/containerd/conf.d/99-nvidia.toml":
      `version = 3\n[${cri}]\nenable_cdi = false\ndisable_hugetlb_controller = true\n`,
  };
  const first = editsOf(await plan({ [main]: text }, { installed: "containerd c 2.4.1" }));
  assert.deepEqual(
    unmet(await plan({ [main]: text, ...first, ...later }, { installed: "containerd c 2.4.1" })),
    [],
  );
});

Deno.test("what a file sets already, imported or not, is left alone", async () => {
  const set = `[${cri}]\ndisable_hugetlb_controller = false\n`;
  assert.deepEqual((await plan({ [main]: `version = 3\n${set}` })).edits, []);
  const imported = {
    [main]: 'version = 4\nimports = ["a.toml"]\n',
    "/etc/containerd/a.toml": `version = 4\n${set}`,
  };
  assert.deepEqual((await plan(imported)).edits, []);
});

Deno.test("what is turned off is turned on again", async () => {
  const text =
    `version = 3\nimports = ["conf.d/*.toml"]\n[${nri}]\ndisable = true\ndisable_connections = true\n` +
    `[${cri}]\nenable_cdi = false\ncdi_spec_dirs = ["/opt/cdi"]\n`;
  const table = parseToml(editsOf(await plan({ [main]: text }))[dropIn] ?? "", dropIn);
  assert.deepEqual(valueAt(table, ["plugins"]), {
    "io.containerd.nri.v1.nri": { disable: false, disable_connections: false },
    "io.containerd.cri.v1.runtime": {
      enable_cdi: true,
      cdi_spec_dirs: ["/opt/cdi", "/var/run/cdi"],
      disable_hugetlb_controller: false,
    },
  });
});

Deno.test("the other name of the directory of CDI files will do", async () => {
  const text = `version = 3\n[${cri}]\ncdi_spec_dirs = ["/run/cdi"]\ndisable_hugetlb_controller = false\n`;
  assert.deepEqual((await plan({ [main]: text })).edits, []);
});

Deno.test("where 1.7 may read it a plugin's table is edited in the last file that has it, because that is taken whole", async () => {
  const imported = "/etc/containerd/conf.d/nvidia.toml";
  const files = {
    [main]:
      `version = 2\nimports = ["conf.d/*.toml"]\n[${oldCri}]\nenable_cdi = true\ndisable_hugetlb_controller = false\n`,
    [imported]: `version = 2\n[${oldCri}.containerd]\ndefault_runtime_name = "nvidia"\n`,
  };
  const edits = editsOf(await plan(files));
  assert.deepEqual(Object.keys(edits).sort(), [imported, main]);
  assert.match(edits[imported] ?? "", /enable_cdi = true\n {2}disable_hugetlb_controller = false\n$/);
  assert.match(edits[main] ?? "", /\.nri"\]\n {2}disable = false\n$/);
});

Deno.test("where 1.7 or a newer one may read it the table that is there is edited, for all of them", async () => {
  const imported = "/etc/containerd/conf.d/nvidia.toml";
  const edits = editsOf(
    await plan({
      [main]: 'version = 2\nimports = ["conf.d/*.toml"]\n',
      [imported]: `version = 2\n[${oldCri}.containerd]\ndefault_runtime_name = "nvidia"\n`,
    }),
  );
  assert.deepEqual(parseToml(edits[main] ?? "", main)["plugins"], {
    "io.containerd.nri.v1.nri": { disable: false },
  });
  assert.match(edits[imported] ?? "", /disable_hugetlb_controller = false/);
});

const own = "# Settings for dramemory, written by `dramemory setup-runtime containerd`.\n";

Deno.test("a missing file is made for the installed version, and says no more than it must", async () => {
  const made = async (installed: string) => editsOf(await plan({}, { installed }));
  const third = await made("containerd github.com/containerd/containerd/v2 v2.1.9 abc");
  assert.equal(third[main], `${own}\nversion = 3\nimports = ["conf.d/*.toml"]\n`);
  assert.match(third[dropIn] ?? "", /^version = 3$/m);
  assert.match((await made("containerd containerd.io 2.3.0 abc"))[main] ?? "", /^version = 4$/m);
  const second = await made("containerd github.com/containerd/containerd 1.7.35");
  assert.deepEqual(Object.keys(second), [main]);
  assert.ok(second[main]?.startsWith(`${own}\nversion = 2\n\n[plugins`));
});

Deno.test("requiring the plugin names it beside others, and an annotation for the pods that start without it", async () => {
  const validator = `${nri}.default_validator`;
  const text = `version = 3\nimports = ["conf.d/*.toml"]\n[${validator}]\nrequired_plugins = ["other"]\n`;
  const table = parseToml(
    editsOf(await plan({ [main]: text }, { requirePlugin: true }))[dropIn] ?? "",
    dropIn,
  );
  assert.deepEqual(valueAt(table, ["plugins", "io.containerd.nri.v1.nri"]), {
    default_validator: {
      enable: true,
      required_plugins: ["other", "dramemory"],
      tolerate_missing_plugins_annotation: "tolerate-missing-nri-plugins.noderesource.dev",
    },
  });
  const named = `${text}tolerate_missing_plugins_annotation = "mine"\n`;
  assert.doesNotMatch(
    editsOf(await plan({ [main]: named }, { requirePlugin: true }))[dropIn] ?? "",
    /tolerate/,
  );
});
