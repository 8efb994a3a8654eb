import assert from "node:assert/strict";
import {
  readRuntimeFacts,
  type RuntimeHints,
} from "../../../../adapters/operations/runtimes/runtime_facts.ts";
import { ConfigFileError } from "../../../../adapters/shared/files/config_files.ts";
import type { RuntimeFacts } from "../../../../core/operations/ports/node_facts.ts";
import { parseRuntimeVersion } from "../../../../core/operations/runtimes/runtime_version.ts";
import { defaultConfig, defaultConfigs } from "../../../containerd_configs/configs.ts";
import { memoryFiles } from "../../shared/files/memory_files.ts";

const config = "/etc/containerd/config.toml";

/** Nothing is known, unless said otherwise. */
function hints(known: Partial<RuntimeHints> = {}): RuntimeHints {
  return { runtime: undefined, config: undefined, endpoint: undefined, commandLines: new Map(), ...known };
}

function read(files: Record<string, string>, known?: Partial<RuntimeHints>, version = "") {
  return readRuntimeFacts(hints(known), {
    files: memoryFiles(files),
    version: () => Promise.resolve(parseRuntimeVersion(version)),
  });
}

/** The names of settings that are not as they should be, or what is known instead. */
function unmet(facts: RuntimeFacts | undefined): unknown {
  if (facts?.settings.kind !== "known") return facts?.settings.kind;
  return facts.settings.states.filter(({ met }) => !met).map(({ setting }) => setting.path.at(-1));
}

for (const version of Object.keys(defaultConfigs)) {
  const expected = version.startsWith("1.")
    ? ["disable", "enable_cdi", "disable_hugetlb_controller"]
    : ["disable_hugetlb_controller"];
  Deno.test(`what containerd ${version} prints by default lacks ${expected.join(", ")}`, async () => {
    const facts = await read({ [config]: defaultConfig(version) }, { runtime: "containerd" }, version);
    assert.equal(facts?.version?.text, version);
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
  "of an old version": "",
  "CRI is disabled in": 'version = 3\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n',
  "importing what is not there": 'version = 3\nimports = ["/no.toml"]\n',
};
for (const [mistake, text] of Object.entries(unusable)) {
  Deno.test(`a file that is ${mistake} is unusable`, async () => {
    assert.equal(unmet(await read({ [config]: text }, {}, "2.1.9")), "unusable");
  });
}

const found: Record<string, [Partial<RuntimeHints>, Record<string, string>, string | undefined]> = {
  "the one that is named": [
    { runtime: "crio", endpoint: "unix:///run/containerd/containerd.sock" },
    {},
    "crio",
  ],
  "the kubelet's containerd": [{ endpoint: "unix:///run/containerd/containerd.sock" }, {}, "containerd"],
  "the kubelet's CRI-O": [
    { endpoint: "unix:///var/run/crio/crio.sock", commandLines: new Map([["containerd", ["containerd"]]]) },
    {},
    "crio",
  ],
  "the one that runs": [{ commandLines: new Map([["containerd", ["containerd"]]]) }, {}, "containerd"],
  "the one that has a configuration": [{}, { "/etc/crio/crio.conf": "" }, "crio"],
  "none": [{}, {}, undefined],
};
for (const [which, [known, files, runtime]] of Object.entries(found)) {
  Deno.test(`the runtime that is looked at is ${which}`, async () => {
    assert.equal((await read(files, known))?.runtime, runtime);
  });
}

Deno.test("the containerd that runs says where its configuration is, and --runtime-config stands above it", async () => {
  const commandLines = new Map([["containerd", ["containerd", "-c", "/k3s/config.toml"]]] as const);
  const files = {
    "/k3s/config.toml": defaultConfig("1.7.35"),
    "/other.toml": defaultConfig("2.1.9"),
  };
  assert.deepEqual(unmet(await read(files, { commandLines })), [
    "disable",
    "enable_cdi",
    "disable_hugetlb_controller",
  ]);
  assert.deepEqual(unmet(await read(files, { commandLines, config: "/other.toml" })), [
    "disable_hugetlb_controller",
  ]);
});

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
