import assert from "node:assert/strict";
import { defaultConfig } from "../../../../containerd_configs/configs.ts";
import { main, plan, type Wish } from "./setup.ts";

const hugetlb = '[plugins."io.containerd.cri.v1.runtime"]\ndisable_hugetlb_controller = ';

const refusals: Record<string, [texts: Record<string, string>, wish: Wish, message: RegExp]> = {
  "no TOML": [{ [main]: "version = \n" }, {}, /^Cannot read \/etc\/containerd\/config.toml as TOML: line 1/],
  "an import that is no TOML": [
    { [main]: 'version = 3\nimports = ["a.toml"]\n', "/etc/containerd/a.toml": "[" },
    {},
    /^Cannot read \/etc\/containerd\/a.toml as TOML/,
  ],
  "an import that is not there": [
    { [main]: 'version = 3\nimports = ["a.toml"]\n' },
    {},
    /^Cannot read \/etc\/containerd\/a.toml, which \/etc\/containerd\/config.toml imports: it is not there/,
  ],
  "a newer version": [{ [main]: "version = 5\n" }, {}, /it is of version 5 \(1, 2, 3, 4 are known/],
  "a version that is no number": [{ [main]: 'version = "3"\n' }, {}, /it is of version "3"/],
  "version 1": [{ [main]: "version = 1\n" }, {}, /version 1.*containerd config migrate/],
  "no version": [{ [main]: 'disabled_plugins = ["cri"]\n' }, {}, /version 1.*containerd config default/],
  "NRI disabled as a plugin": [
    { [main]: 'version = 3\ndisabled_plugins = ["io.containerd.nri.v1.nri"]\n' },
    {},
    /disabled_plugins in \/etc\/containerd\/config.toml names "io.containerd.nri.v1.nri" \(take it out\)$/,
  ],
  "CRI disabled in an import": [
    {
      [main]: 'version = 2\nimports = ["a.toml"]\n',
      "/etc/containerd/a.toml": 'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n',
    },
    {},
    /disabled_plugins in \/etc\/containerd\/a.toml/,
  ],
  "a file that an imported one imports, which is read after every drop-in": [
    {
      [main]: 'version = 3\nimports = ["conf.d/*.toml"]\n',
      "/etc/containerd/conf.d/a.toml": 'version = 3\nimports = ["/opt/b.toml"]\n',
      "/opt/b.toml": `version = 3\n${hugetlb}true\n`,
    },
    {},
    /^Cannot turn on hugepage limits beside \/opt\/b.toml, which is read later/,
  ],
  "a directory of drop-ins whose files would begin to count": [
    { [main]: "version = 3\n", "/etc/containerd/conf.d/old.toml": "" },
    {},
    /^Cannot import \/etc\/containerd\/conf.d\/\*.toml: \/etc\/containerd\/conf.d\/old.toml/,
  ],
  "no file, and no containerd to ask": [
    {},
    {},
    /^Cannot find \/etc\/containerd\/config.toml.*--runtime-version/,
  ],
  "no file, and a containerd that is too old": [
    {},
    { installed: "1.6.36" },
    /containerd 1.6.36 \(1.7 to 2.x/,
  ],
  "no file, and a containerd that is not known": [
    {},
    { installed: "3.0.0" },
    /containerd 3.0.0 \(1.7 to 2.x/,
  ],
  "a required plugin, and containerd 1.7": [
    { [main]: defaultConfig("1.7.35") },
    { requirePlugin: true, installed: "1.7.35" },
    /^Cannot require the plugin: containerd 1.7.35 has no validator that could \(2.2 or newer has\)$/,
  ],
  "a required plugin, and containerd 2.1": [
    { [main]: defaultConfig("2.1.9") },
    { requirePlugin: true, installed: "2.1.9" },
    /containerd 2.1.9/,
  ],
  "a required plugin, and a containerd that nobody knows": [
    { [main]: defaultConfig("2.1.9") },
    { requirePlugin: true },
    /^Cannot require the plugin: .*--runtime-version/,
  ],
};
for (const [cause, [texts, wish, message]] of Object.entries(refusals)) {
  Deno.test(`containerd is not set up with ${cause}`, async () => {
    await assert.rejects(plan(texts, wish), (error) => error instanceof Error && message.test(error.message));
  });
}

for (const version of ["2.2.9", "2.3.7"]) {
  Deno.test(`containerd ${version}'s own configuration tells that a plugin can be required`, async () => {
    assert.ok((await plan({ [main]: defaultConfig(version) }, { requirePlugin: true })).edits.length > 0);
  });
}
