import assert from "node:assert/strict";
import { layerOf } from "../../../../../adapters/operations/runtimes/containerd/configuration.ts";
import { readingsOf } from "../../../../../adapters/operations/runtimes/containerd/readings.ts";
import { RuntimeConfigError } from "../../../../../core/operations/runtimes/configuration.ts";
import { valueAt } from "../../../../../core/values/config_table.ts";
import { parseRuntimeVersion } from "../../../../../core/operations/runtimes/runtime_version.ts";

const oldCri = 'plugins."io.containerd.grpc.v1.cri"';
const cri = 'plugins."io.containerd.cri.v1.runtime"';
const limits = (table: string, disabled: boolean) => `[${table}]\ndisable_hugetlb_controller = ${disabled}\n`;

/** Whether hugepage limits are off, by the version of containerd; undefined where it would not start. */
function limitsOff(texts: readonly string[], version: string): unknown {
  const layers = texts.map((text, index) => layerOf(`/etc/containerd/${index}.toml`, text));
  try {
    const readings = readingsOf(layers, parseRuntimeVersion(version), false);
    const values = readings.map(({ states }) =>
      states.find(({ setting }) => setting.path.at(-1) === "disable_hugetlb_controller")?.value
    );
    assert.equal(new Set(values).size, 1);
    return values[0];
  } catch (error) {
    if (error instanceof RuntimeConfigError) return undefined;
    throw error;
  }
}

/** Each as the containerd of that version was seen to take it (tests/peers/containerd.peers.ts asks it again). */
const cases: Record<string, [texts: string[], expected: Record<string, boolean | undefined>]> = {
  "an import of version 2 below a main file of version 3": [
    ["version = 3\n", `version = 2\n${limits(oldCri, false)}`],
    { "1.7.35": false, "2.2.9": false, "2.3.7": false, "2.4.2": false },
  ],
  "an import of version 3 below a main file of version 2": [
    [`version = 2\n${limits(oldCri, false)}`, "version = 3\n"],
    { "1.7.35": undefined, "2.2.9": true, "2.3.4": undefined, "2.3.7": false, "2.4.2": false },
  ],
  "the table of version 3 in a file of version 2": [
    [`version = 2\n${limits(cri, false)}`],
    { "1.7.35": true, "2.2.9": false, "2.3.7": false },
  ],
  "both tables in a file of version 2: the new one counts": [
    [`version = 2\n${limits(cri, true)}${limits(oldCri, false)}`],
    { "1.7.35": false, "2.2.9": true, "2.3.7": true },
  ],
  "the old table in a later file than the new one, in version 2": [
    [`version = 2\n${limits(cri, true)}`, `version = 2\n${limits(oldCri, false)}`],
    { "1.7.35": false, "2.2.9": true, "2.3.7": false },
  ],
  "the old table in a file of version 3": [
    [`version = 3\n${limits(oldCri, false)}`],
    { "2.2.9": true, "2.3.7": false },
  ],
  "the old table in a file of version 4": [[`version = 4\n${limits(oldCri, false)}`], {
    "2.2.9": undefined,
    "2.3.7": true,
  }],
  "an import without a version between one of version 4 and one of version 3": [
    ["version = 4\n", "", `version = 3\n${limits(cri, false)}`],
    { "2.2.9": undefined, "2.3.7": false },
  ],
  "no version in the main file": [[limits(oldCri, false)], { "1.7.35": true, "2.2.9": true, "2.3.7": false }],
  "version 1 and its names": [[limits("plugins.cri", false)], {
    "1.7.35": false,
    "2.2.9": true,
    "2.3.7": false,
  }],
  "an import without a version, by the names of version 2": [
    ["version = 2\n", limits(oldCri, false)],
    { "1.7.35": false, "2.2.9": false, "2.3.7": false },
  ],
  "an import without a version, by the names of version 1": [
    ["version = 2\n", limits("plugins.cri", false)],
    { "1.7.35": undefined, "2.2.9": false, "2.3.7": false },
  ],
  "an import of version 1 below one of version 3": [
    ["version = 3\n", `version = 1\n${limits("plugins.cri", false)}`],
    { "1.7.35": false, "2.2.9": true, "2.3.7": false },
  ],
  "a later table without the key: 1.7 takes it whole": [
    [`version = 2\n${limits(oldCri, false)}`, `version = 2\n[${oldCri}]\nenable_selinux = true\n`],
    { "1.7.35": true, "2.2.9": false, "2.3.7": false },
  ],
};
for (const [what, [texts, expected]] of Object.entries(cases)) {
  for (const [version, off] of Object.entries(expected)) {
    const outcome = off === undefined ? "it does not start" : `hugepage limits are ${off ? "off" : "on"}`;
    Deno.test(`containerd ${version}, ${what}: ${outcome}`, () => {
      assert.equal(limitsOff(texts, version), off);
    });
  }
}

Deno.test("without its version there is a reading for every containerd that would start with the files", () => {
  const readersOf = (text: string, version?: string) =>
    readingsOf([layerOf("main", text)], parseRuntimeVersion(version ?? ""), false).map(({ reader }) =>
      reader
    );
  const newest = ["containerd 2.3.0 to 2.3.4", "containerd 2.3 from 2.3.5", "containerd 2.4 and newer"];
  assert.deepEqual(readersOf("version = 2\n"), ["containerd 1.7", "containerd 2.0 to 2.2", ...newest]);
  assert.deepEqual(readersOf("version = 3\n"), ["containerd 2.0 to 2.2", ...newest]);
  assert.deepEqual(readersOf("version = 4\n"), newest);
  assert.deepEqual(readersOf("version = 2\n", "2.3"), newest.slice(0, 2));
  assert.deepEqual(readersOf("version = 2\n", "3.0.1"), newest.slice(2));
});

Deno.test("containerd 2.4 has no switch for CDI any more, and 1.7 has NRI and CDI off by itself", () => {
  const keysOf = (version: string) =>
    readingsOf([layerOf("main", "version = 2\n")], parseRuntimeVersion(version), false).flatMap((
      { states },
    ) => states.map(({ setting, value }) => [setting.path.at(-1), value]));
  assert.equal(keysOf("2.4.0").some(([key]) => key === "enable_cdi"), false);
  const byItself = Object.fromEntries(keysOf("1.7.35"));
  assert.deepEqual([byItself["disable"], byItself["enable_cdi"]], [true, false]);
  const table = layerOf("main", `version = 2\n${limits(cri, true)}`).table;
  assert.equal(
    valueAt(table, ["plugins", "io.containerd.cri.v1.runtime", "disable_hugetlb_controller"]),
    true,
  );
});
