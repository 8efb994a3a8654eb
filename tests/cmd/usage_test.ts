import assert from "node:assert/strict";
import { dramemory } from "./dramemory.ts";

const wrongUsages: Record<string, string[]> = {
  "no command": [],
  "an unknown command": ["inspec"],
  "help of an unknown command": ["inspec", "--help"],
  "an unknown option": ["inspect", "--nodes"],
  "an unknown format": ["inspect", "-o", "xml"],
  "a surplus argument": ["inspect", "node0"],
  "a malformed reservation": ["inspect", "--reserved-memory", "0=1Gi"],
  "an unknown sample machine": ["demo", "--topology", "four-numa"],
  "a period of no length": ["daemon", "--resync-period", "0"],
  "an interval of no length": ["inspect", "--watch", "0"],
  "an unknown runtime": ["setup-runtime", "docker"],
  "a missing argument": ["setup-hugepages"],
  "a missing value": ["manifests", "--sysfs-root"],
  "an argument of a command without any": ["version", "1"],
  "a picture of a cluster that is watched": ["cluster", "-o", "svg", "--watch"],
  "a picture of the status of pools": ["cluster", "-o", "svg", "--pool-status"],
  "one pod of all namespaces": ["explain", "-A", "pod"],
  "a pod without a name": ["explain", "pod/"],
  "a pod with its namespace": ["explain", "pod/team/database"],
  "an empty name": ["explain", "-n", "", "pod"],
  "an empty path": ["inspect", "--reserved-memory=kubelet", "--kubelet-config="],
  "an empty argument": ["setup-hugepages", "", "--dry-run"],
  "help on an unknown command": ["help", "inspec"],
};
for (const [mistake, args] of Object.entries(wrongUsages)) {
  Deno.test(`${mistake} is wrong usage: exit 2, a hint on stderr, nothing on stdout`, async () => {
    const { code, stdout, stderr } = await dramemory(...args);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /--help/);
  });
}

const suggestions: Record<string, string[]> = {
  "inspect": ["inspec"],
  "setup-runtime": ["setup-runtim", "containerd"],
  "--watch": ["inspect", "--wach"],
  "--cdi-dir": ["daemon", "--cdidir", "/tmp"],
};
for (const [meant, args] of Object.entries(suggestions)) {
  Deno.test(`dramemory ${args.join(" ")}: perhaps ${meant} was meant`, async () => {
    const { code, stderr } = await dramemory(...args);
    assert.equal(code, 2);
    assert.ok(stderr.includes(`(Did you mean ${meant}?)`), stderr);
  });
}

const failedJobs: Record<string, [string[], RegExp]> = {
  "a tree that is not there": [["inspect", "--sysfs-root", "/nowhere"], /\/nowhere/],
  "a reservation on a node that is not there, where that is to be an error": [
    ["inspect", "--reserved-memory", "999:memory=1Gi", "--reserved-memory-strict"],
    /999/,
  ],
  "a kubelet's reservation where there is no kubelet": [
    ["inspect", "--reserved-memory=kubelet", "--kubelet-config=/nowhere"],
    /\/nowhere, the kubelet's configuration: it is not there .*--kubelet-config/,
  ],
  "a kubelet's directory that is not there, beside what ends the driver": [
    ["daemon", "--cgroup-mount=", "--kubeconfig", "/nowhere", "--kubelet-root", "/nowhere/kubelet"],
    /check=kubelet-directories message="\/nowhere\/kubelet is not there" fix=".*--kubelet-root"/,
  ],
  "a kubeconfig that is not there": [
    ["daemon", "--cgroup-mount=", "--kubeconfig", "/nowhere"],
    /\/nowhere.*--kubeconfig/,
  ],
};
for (const [cause, [args, message]] of Object.entries(failedJobs)) {
  Deno.test(`${cause} is a failed job: exit 1, the cause on stderr without a stack`, async () => {
    const { code, stderr } = await dramemory(...args);
    assert.equal(code, 1);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /^ +at /m);
  });
}

for (const command of ["inspect", "manifests", "daemon", "demo", "cgroups", "validate", "status", "gather"]) {
  Deno.test(`${command} --help shows examples`, async () => {
    const { code, stdout } = await dramemory(command, "--help");
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`Examples:\n  dramemory ${command}`));
  });
}

Deno.test("every command says how it is used: what it does, its options, its exit codes", async () => {
  const { stdout } = await dramemory("--help");
  const [, list = ""] = /^Commands:\n([^]*?)\n\n/m.exec(stdout) ?? [];
  const commands = [...list.matchAll(/^ {2}(\S+)/gm)].map(([, name = ""]) => name);
  assert.ok(commands.length >= 8);
  for (const command of commands) {
    const { code, stdout } = await dramemory(command, "--help");
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: dramemory ${command}`));
    for (const heading of ["Options", "Exit codes"]) assert.match(stdout, new RegExp(`^${heading}:$`, "m"));
    assert.deepEqual(await dramemory("help", command), { code, stdout, stderr: "" });
  }
});

Deno.test("version names the program and its runtime", async () => {
  const { code, stdout } = await dramemory("version");
  assert.equal(code, 0);
  assert.match(stdout, /^dramemory \S+ \(deno \S+, linux\/\S+\)\n$/);
});

Deno.test("the version is told by the command, by both flags, and for programs", async () => {
  const [command, long, short, json] = await Promise.all([
    dramemory("version"),
    dramemory("--version"),
    dramemory("-V"),
    dramemory("version", "-o", "json"),
  ]);
  assert.match(command.stdout, /^dramemory \S+ \(deno \S+, linux\/\S+\)\n$/);
  for (const { code, stdout } of [long, short]) assert.deepEqual([code, stdout], [0, command.stdout]);
  const { version, deno, os, architecture } = JSON.parse(json.stdout);
  assert.equal(command.stdout, `dramemory ${version} (deno ${deno}, ${os}/${architecture})\n`);
});
