import assert from "node:assert/strict";
import { defaultConfig, defaultConfigs } from "../containerd_configs/configs.ts";
import { dramemory } from "./dramemory.ts";
import { RuntimeNode } from "./_runtime_node.ts";

const dropIn = "conf.d/zz-dramemory.toml";

/** The files are at no place by which it could be told what runs with them. */
const restart = ["--restart", "--service", "containerd"];

/** A configuration whose imports stay below its own directory. */
function local(config: string): string {
  return config.replace("/etc/containerd/conf.d", "conf.d");
}

for (const [version, config] of Object.entries(defaultConfigs)) {
  Deno.test(`setup-runtime containerd ${version}: check, change, nothing the second time, and all as it was`, async () => {
    await using node = await RuntimeNode.start(local(config));
    const before = await node.setup("--check");
    assert.deepEqual([before.code, node.files()], [1, { "config.toml": local(config) }]);
    assert.match(before.stderr, /settings are to be changed/);
    const change = await node.setup(...restart);
    assert.deepEqual([change.code, change.stderr], [0, ""]);
    const files = node.files();
    const [again, after] = [await node.setup(...restart), await node.setup("--check")];
    assert.match(again.stdout, /\nNothing to change\n$/);
    assert.deepEqual([after.code, node.files(), node.restarts()], [0, files, ["restart containerd"]]);
    assert.match((await node.setup("--undo", "--check")).stdout, /^Would (restore|remove) /);
    const undone = await node.setup("--undo", ...restart);
    assert.deepEqual([undone.code, undone.stderr], [0, ""]);
    assert.deepEqual([node.files(), node.restarts().length], [{ "config.toml": local(config) }, 2]);
    for (const flags of [["--undo"], ["--undo", "--check"]]) {
      const { code, stdout } = await node.setup(...flags);
      assert.deepEqual([code, stdout], [0, "Nothing to take back\n"]);
    }
  });
}

Deno.test("setup-runtime --undo does not say that there is nothing to do where a person has to do it", async () => {
  await using node = await RuntimeNode.start(defaultConfig("1.7.35"), "containerd containerd.io 1.7.35 abc");
  assert.equal((await node.setup()).code, 0);
  await Deno.writeTextFile(node.config, "\n[plugins.other]\n  a = 1\n", { append: true });
  const { code, stdout, stderr } = await node.setup("--undo");
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^Cannot undo all: \S+config.toml was changed, .*by hand\n$/);
});

Deno.test("setup-runtime refuses a runtime that is too old for the driver, and writes nothing", async () => {
  await using node = await RuntimeNode.start("version = 2\n");
  const { code, stdout, stderr } = await node.setup("--runtime-version=1.6.8");
  assert.deepEqual([code, stdout, node.files()], [1, "", { "config.toml": "version = 2\n" }]);
  assert.match(stderr, /^Cannot set up containerd 1\.6\.8: .* \(use containerd 1\.7 or newer\)\n$/);
});

Deno.test("setup-runtime keeps the former file beside the new one", async () => {
  await using node = await RuntimeNode.start(defaultConfig("1.7.35"), "containerd containerd.io 1.7.35 abc");
  const { stdout } = await node.setup();
  const { "config.toml": now, ...rest } = node.files();
  assert.notEqual(now, defaultConfig("1.7.35"));
  assert.deepEqual(rest, { "config.toml.TIME.bak": defaultConfig("1.7.35") });
  assert.match(
    stdout,
    /Changed .*config.toml \(it was .*\.bak\)\nIt counts once .*: restart the service that runs this containerd\n$/,
  );
  assert.deepEqual(node.restarts(), []);
});

/** A node whose containerd was started with a configuration that is not there yet, and how it is told to the program. */
async function nodeWithoutFile(version: string): Promise<[RuntimeNode, string]> {
  const node = await RuntimeNode.start(undefined, version);
  await node.process(92, [`${node.bin}/containerd`, "-c", node.config], "containerd");
  return [node, `--procfs-root=${node.proc}`];
}

Deno.test("setup-runtime makes a missing file for the containerd that was started with it", async () => {
  const [made, processes] = await nodeWithoutFile("containerd github.com/containerd/containerd/v2 2.1.9");
  await using node = made;
  assert.equal((await node.setup(processes)).code, 0);
  assert.match(node.files()["config.toml"] ?? "", /\n\nversion = 3\nimports = \["conf\.d\/\*\.toml"\]\n$/);
  assert.match(node.files()[dropIn] ?? "", /disable_hugetlb_controller = false/);
});

Deno.test("setup-runtime --runtime-version stands in for an installed one", async () => {
  const [made, processes] = await nodeWithoutFile("no version");
  await using node = made;
  assert.match((await node.setup(processes)).stderr, /^Cannot find .*--runtime-version/);
  assert.equal((await node.setup(processes, "--runtime-version", "v1.7")).code, 0);
  assert.match(node.files()["config.toml"] ?? "", /^version = 2$/m);
  assert.equal((await node.setup(processes, "--undo")).code, 0);
  assert.deepEqual(Object.keys(node.files()), []);
});

const mistyped: Record<string, [runtime: string, place: string]> = {
  "file of containerd": ["containerd", "etc/confg.toml"],
  "directory of containerd": ["containerd", "ect/config.toml"],
  "directory of CRI-O": ["crio", "cri0"],
};
for (const [what, [runtime, place]] of Object.entries(mistyped)) {
  Deno.test(`setup-runtime says that a mistyped ${what} is not there, and makes nothing`, async () => {
    await using node = await RuntimeNode.start("version = 2\n");
    const path = `${node.etc}/../${place}`;
    for (const flags of [[], ["--check"], ["--undo"]]) {
      const args = ["setup-runtime", runtime, path, "--runtime-version=2.1", ...flags];
      const { code, stdout, stderr } = await node.run(args);
      assert.deepEqual([code, stdout, node.files()], [1, "", { "config.toml": "version = 2\n" }]);
      assert.match(
        stderr,
        /^Cannot find the configuration of \w+: there is no \S+.* \(name the one that is there/,
      );
      await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    }
  });
}

Deno.test("setup-runtime --require-plugin says what the cluster needs then", async () => {
  await using node = await RuntimeNode.start(local(defaultConfig("2.3.7")));
  const { code, stdout } = await node.setup("--require-plugin");
  assert.equal(code, 0);
  assert.match(
    stdout,
    /annotation tolerate-missing-nri-plugins.noderesource.dev: "true" start: the driver's own/,
  );
  assert.match(node.files()[dropIn] ?? "", /required_plugins = \["dramemory"\]/);
});

Deno.test("setup-runtime containerd - edits a text in place, and prints one without changes as it was", async () => {
  await using node = await RuntimeNode.start();
  const first = await node.run(["setup-runtime", "containerd", "-"], defaultConfig("2.2.9"));
  assert.equal(
    first.stdout,
    defaultConfig("2.2.9").replace("disable_hugetlb_controller = true", "disable_hugetlb_controller = false"),
  );
  const second = await node.run(["setup-runtime", "containerd", "-"], first.stdout);
  assert.deepEqual([second.code, second.stdout, node.files()], [0, first.stdout, {}]);
  assert.equal((await node.run(["setup-runtime", "containerd", "-", "--check"], first.stdout)).code, 0);
  assert.equal(
    (await node.run(["setup-runtime", "containerd", "-", "--check"], defaultConfig("2.2.9"))).code,
    1,
  );
});

Deno.test("setup-runtime crio writes a drop-in, keeps nothing among CRI-O's files, and is done", async () => {
  await using node = await RuntimeNode.start();
  const setup = (...args: string[]) => node.run(["setup-runtime", "crio", node.etc, ...args]);
  await Deno.mkdir(`${node.etc}/crio.conf.d`);
  await Deno.writeTextFile(`${node.etc}/crio.conf.d/zz-dramemory.conf`, "# mine\n");
  assert.equal((await setup("--check")).code, 1);
  assert.equal((await setup("--restart", "--service", "crio")).code, 0);
  assert.deepEqual(node.files(), {
    "crio.conf.d/zz-dramemory.conf": "# mine\n\n[crio.nri]\n  enable_nri = true\n",
    "zz-dramemory.conf.TIME.bak": "# mine\n",
  });
  assert.equal((await setup("--restart", "--service", "crio")).code, 0);
  assert.deepEqual(node.restarts(), ["restart crio"]);
});

const failures: Record<string, [config: string | Uint8Array, message: RegExp]> = {
  "is no TOML": [
    "version = 3\n[plugins\n",
    /^Cannot read .*config.toml as TOML: line 2, column \d+: .* \(mend it\)\n$/,
  ],
  "is no text": [new Uint8Array([0xff, 0xfe]), /^Cannot read .*config.toml: /],
  "is of an unknown version": ["version = 9\n", /^Cannot set up .*config.toml: it is of version 9/],
  "is of the version that Docker's package leaves out": [
    'disabled_plugins = ["cri"]\n',
    /version 1, which a file/,
  ],
};
for (const [mistake, [config, message]] of Object.entries(failures)) {
  Deno.test(`setup-runtime leaves a file alone that ${mistake}`, async () => {
    await using node = await RuntimeNode.start("");
    await Deno.writeFile(node.config, typeof config === "string" ? new TextEncoder().encode(config) : config);
    const before = node.files();
    const { code, stdout, stderr } = await node.setup();
    assert.deepEqual([code, stdout, node.files()], [1, "", before]);
    assert.match(stderr, message);
  });
}

Deno.test("setup-runtime changes nothing when one of the files is read-only", async () => {
  await using node = await RuntimeNode.start(defaultConfig("2.1.9"));
  await Deno.chmod(node.config, 0o444);
  const { code, stderr } = await node.setup(...restart);
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot write .*config.toml: it is read-only/);
  assert.deepEqual([node.files(), node.restarts()], [{ "config.toml": defaultConfig("2.1.9") }, []]);
});

Deno.test("setup-runtime says so when the runtime does not restart", async () => {
  await using node = await RuntimeNode.start(local(defaultConfig("2.3.7")));
  await node.install(
    "systemctl",
    "[ $1 = show ] || { echo 'Job for containerd.service failed.' >&2; exit 1; }",
  );
  const { code, stderr } = await node.setup(...restart);
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot restart containerd: Job for containerd.service failed\. \(/);
});

Deno.test("setup-runtime changes nothing when it is to restart what runs with a file, and cannot tell what that is", async () => {
  await using node = await RuntimeNode.start(defaultConfig("2.1.9"));
  const { code, stderr } = await node.setup("--restart");
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot restart the runtime of .*config.toml: .* \(name it by --service\)/);
  assert.deepEqual([node.files(), node.restarts()], [{ "config.toml": defaultConfig("2.1.9") }, []]);
});

Deno.test("setup-runtime finds what validate finds: the containerd of the kubelet, and restarts its service", async () => {
  await using node = await RuntimeNode.start(local(defaultConfig("2.2.9")));
  const socket = "/run/k3s/containerd/containerd.sock";
  await node.process(90, ["/usr/bin/containerd"], "containerd");
  await node.process(91, ["kubelet", `--container-runtime-endpoint=unix://${socket}`], "rke2-agent");
  await node.process(92, [`${node.bin}/containerd`, "-c", node.config, "-a", socket], "rke2-agent");
  const args = ["setup-runtime", "containerd", "--restart", `--procfs-root=${node.proc}`];
  const { code, stdout } = await node.run(args);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /Wrote .*conf.d\/zz-dramemory.toml\nRestarted rke2-agent\n$/);
  assert.deepEqual(node.restarts(), ["restart rke2-agent"]);
});

Deno.test("setup-runtime changes nothing when it is to restart the runtime and cannot", async () => {
  await using node = await RuntimeNode.start(defaultConfig("2.1.9"));
  await node.install("systemctl", "echo 'System has not been booted with systemd' >&2; exit 1");
  const { code, stderr } = await node.setup(...restart);
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot restart containerd: System has not been booted with systemd \(/);
  assert.deepEqual(node.files(), { "config.toml": defaultConfig("2.1.9") });
});

const wrongUsages: Record<string, string[]> = {
  "an unknown runtime": ["docker"],
  "no runtime": [],
  "a restart of nothing": ["containerd", "--check", "--restart"],
  "a restart by a text": ["containerd", "-", "--restart"],
  "an undoing of what it is to do": ["containerd", "--undo", "--require-plugin"],
  "an undoing of a text": ["containerd", "-", "--undo"],
  "CRI-O by a text": ["crio", "-"],
  "a version that is none": ["containerd", "--runtime-version", "new"],
};
for (const [mistake, args] of Object.entries(wrongUsages)) {
  Deno.test(`setup-runtime with ${mistake} is wrong usage: exit 2, nothing on stdout`, async () => {
    const { code, stdout, stderr } = await dramemory("setup-runtime", ...args);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /--help/);
  });
}

Deno.test("setup-runtime --help shows examples", async () => {
  const { code, stdout } = await dramemory("setup-runtime", "--help");
  assert.equal(code, 0);
  assert.match(stdout, /Examples:\n {2}dramemory setup-runtime containerd/);
});
