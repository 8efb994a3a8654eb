import assert from "node:assert/strict";
import type { RuntimeHints } from "../../../../adapters/operations/runtimes/find_runtime.ts";
import { readRuntimeFacts } from "../../../../adapters/operations/runtimes/runtime_facts.ts";
import { ConfigFileError } from "../../../../adapters/shared/files/config_files.ts";
import type { RuntimeFacts } from "../../../../core/operations/ports/node_facts.ts";
import { parseRuntimeVersion } from "../../../../core/operations/runtimes/runtime_version.ts";
import { unmetStates } from "../../../../core/operations/runtimes/setting.ts";
import { defaultConfig, defaultConfigs } from "../../../containerd_configs/configs.ts";
import { memoryFiles } from "../../shared/files/memory_files.ts";

const config = "/etc/containerd/config.toml";

/** Nothing is known, unless said otherwise. */
function hints(known: Partial<RuntimeHints> = {}): RuntimeHints {
  return {
    runtime: undefined,
    configuration: undefined,
    endpoint: undefined,
    procfsRoot: "/nowhere",
    ...known,
  };
}

function read(files: Record<string, string>, known?: Partial<RuntimeHints>, version = "") {
  return readRuntimeFacts(hints(known), {
    files: memoryFiles(files),
    version: () => Promise.resolve(parseRuntimeVersion(version)),
  });
}

Deno.test("CRI-O is asked for a version that says its NRI, containerd has none that does", async () => {
  const asked: (readonly string[] | undefined)[] = [];
  for (const runtime of ["crio", "containerd"] as const) {
    await readRuntimeFacts(hints({ runtime }), {
      files: memoryFiles({}),
      version: (_, versionArguments) => {
        asked.push(versionArguments);
        return Promise.resolve(undefined);
      },
    });
  }
  assert.deepEqual(asked, [["version", "--verbose"], undefined]);
});

/** The names of settings that are not as they should be for some version that may run, or what is known instead. */
function unmet(facts: RuntimeFacts): unknown {
  if (facts.kind !== "found") return facts.kind;
  if (facts.settings.kind !== "known") return facts.settings.kind;
  return unmetStates(facts.settings.readings).map(({ setting }) => setting.path.at(-1));
}

for (const version of Object.keys(defaultConfigs)) {
  const expected = version.startsWith("1.")
    ? ["disable", "enable_cdi", "disable_hugetlb_controller"]
    : ["disable_hugetlb_controller"];
  Deno.test(`what containerd ${version} prints by default lacks ${expected.join(", ")}`, async () => {
    const facts = await read({ [config]: defaultConfig(version) }, { runtime: "containerd" }, version);
    assert.equal(facts.kind === "found" ? facts.version?.text : facts.kind, version);
    assert.deepEqual(unmet(facts), expected);
  });
}

Deno.test("a file of version 2 that sets nothing leaves what is built into the containerd that reads it", async () => {
  const files = { [config]: "version = 2\n" };
  assert.deepEqual(unmet(await read(files, {}, "2.1.9")), ["disable_hugetlb_controller"]);
  const of17 = ["disable", "enable_cdi", "disable_hugetlb_controller"];
  assert.deepEqual(unmet(await read(files, {}, "1.7.35")), of17);
  assert.deepEqual(unmet(await read(files)), of17);
});

Deno.test("without a file the version tells what is built in, and without both nothing is known", async () => {
  const known = { runtime: "containerd" } as const;
  assert.deepEqual(unmet(await read({}, known, "2.3.7")), ["disable_hugetlb_controller"]);
  assert.equal(unmet(await read({}, known)), "unknown");
});

const unusable: Record<string, string> = {
  "no TOML": "version = \n",
  "of no version that is known": "version = 9",
  "CRI is disabled in": 'version = 3\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n',
  "importing what is not there": 'version = 3\nimports = ["/no.toml"]\n',
};
for (const [mistake, text] of Object.entries(unusable)) {
  Deno.test(`a file that is ${mistake} is unusable`, async () => {
    assert.equal(unmet(await read({ [config]: text }, {}, "2.1.9")), "unusable");
  });
}

Deno.test("a configuration that may not be read belongs to a runtime of which nothing more is known", async () => {
  const denied = () => Promise.reject(new ConfigFileError("Cannot read: permission denied"));
  const facts = await readRuntimeFacts(hints(), {
    files: { read: denied, list: denied },
    version: () => Promise.resolve(undefined),
  });
  assert.equal(unmet(facts), "unknown");
});

Deno.test("CRI-O that says nothing of NRI leaves that open", async () => {
  assert.deepEqual(unmet(await read({}, { runtime: "crio" }, "1.34.0")), ["enable_nri"]);
  const files = { "/etc/crio/crio.conf.d/10-nri.conf": "[crio.nri]\nenable_nri = true\n" };
  assert.deepEqual(unmet(await read(files, { runtime: "crio" }, "1.34.0")), []);
});

/** A containerd whose default runtime and its program are these. */
function containerdWith(plugin: string, name: string, program: string): string {
  return [
    "version = 3",
    `[plugins.'${plugin}'.containerd]`,
    `default_runtime_name = '${name}'`,
    `[plugins.'${plugin}'.containerd.runtimes.${name}.options]`,
    `BinaryName = '${program}'`,
  ].join("\n");
}

const crioDropIns = {
  "/etc/crio/crio.conf.d/10-crio.conf": [
    '[crio.runtime]\ndefault_runtime = "fast"',
    '[crio.runtime.runtimes.fast]\nruntime_path = "/usr/libexec/crio/crun"',
  ].join("\n"),
};
for (
  const [what, runtime, files, ociRuntimes] of [
    ["containerd that names none", "containerd", { [config]: "version = 3\n" }, ["runc"]],
    ["containerd as it prints by default", "containerd", { [config]: defaultConfig("2.3.7") }, ["runc"]],
    [
      "containerd with crun",
      "containerd",
      { [config]: containerdWith("io.containerd.cri.v1.runtime", "crun", "/opt/crun") },
      ["/opt/crun"],
    ],
    [
      "containerd by the plugin's old name",
      "containerd",
      { [config]: containerdWith("io.containerd.grpc.v1.cri", "runc", "crun") },
      ["crun"],
    ],
    ["CRI-O that names none", "crio", {}, ["crun", "runc"]],
    ["CRI-O with a path", "crio", crioDropIns, ["/usr/libexec/crio/crun"]],
    [
      "CRI-O with a name",
      "crio",
      { "/etc/crio/crio.conf.d/10-crio.conf": '[crio.runtime]\ndefault_runtime = "runc"\n' },
      ["runc"],
    ],
  ] as const
) {
  Deno.test(`what makes the containers of ${what} is ${ociRuntimes.join(" or ")}`, async () => {
    const facts = await read(files, { runtime }, runtime === "crio" ? "1.34.0" : "2.3.7");
    assert.deepEqual(facts.kind === "found" ? facts.ociRuntimes : facts.kind, ociRuntimes);
  });
}
