import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { parse } from "yaml";
import type { CheckReport } from "../../cmd/validate/check_report.ts";
import { dramemory } from "./dramemory.ts";
import { fixturesDirectory } from "../adapters/driver/sysfs/support.ts";
import { CheckedNode } from "./_checked_node.ts";

/** What depends on who runs the test, and where. */
const ofThisMachine = ["root", "clock"];

/** The checks that a node did not pass, as `outcome name`. */
function problems({ checks }: CheckReport): string[] {
  return checks.filter(({ name, outcome }) => outcome !== "pass" && !ofThisMachine.includes(name))
    .map(({ name, outcome, fatal }) => `${fatal ? "fatal" : outcome} ${name}`);
}

Deno.test("validate finds nothing wrong with a node that is set up", async () => {
  await using node = await CheckedNode.with();
  const { stdout } = await node.validate("-o", "json");
  const report: CheckReport = JSON.parse(stdout);
  assert.deepEqual(problems(report), []);
  assert.equal(report.checks.length, 21);
});

Deno.test("validate exits with 1 when a check fails, with what to do beneath it", async () => {
  await using node = await CheckedNode.with();
  await node.machine.write("kubelet/config.yaml", "memoryManagerPolicy: Static\n");
  const { code, stdout, stderr } = await node.validate();
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^✗ {2}kubelet-memory-manager {2}the kubelet pins memory too: its policy is Static \(.*\)\n +→ set memoryManagerPolicy: None/m,
  );
  assert.match(stderr, /^\d of 21 checks failed/);
});

Deno.test("what is wrong with a node is found", async () => {
  await using node = await CheckedNode.with("accounting");
  const { machine } = node;
  await machine.write("containerd.toml", "version = 2\n");
  await Deno.remove(`${machine.root}/nri.sock`);
  await Deno.remove(`${machine.root}/kubelet/plugins`);
  await machine.write("proc/sys/kernel/osrelease", "5.14.0-503.el9.x86_64\n");
  const { code, stdout } = await node.validate("-o", "json");
  assert.deepEqual([code, problems(JSON.parse(stdout))], [1, [
    "warn kernel",
    "fatal cgroup-accounting",
    "fail kubelet-directories",
    "fail runtime-cdi",
    "fail runtime-hugetlb",
    "fail nri-socket",
  ]]);
});

Deno.test("validate warns of what the kernel of the node moves memory by", async () => {
  await using node = await CheckedNode.with();
  const sysfsRoot = `${node.machine.root}/sys-of-two-nodes`;
  await cp(`${fixturesDirectory}/two-numa/sys`, sysfsRoot, { recursive: true });
  await node.machine.write("sys-of-two-nodes/kernel/mm/numa/demotion_enabled", "true\n");
  const { stdout } = await node.validate("-o", "json", "--sysfs-root", sysfsRoot);
  assert.deepEqual(problems(JSON.parse(stdout)), ["warn memory-demotion"]);
});

const runcFeatures = {
  "leaves out": { linux: {} },
  "has": { linux: { memoryPolicy: { modes: ["MPOL_BIND"] } } },
};
for (const [what, features] of Object.entries(runcFeatures)) {
  Deno.test(`validate asks the runc of a node, which ${what} memory policies`, async () => {
    await using node = await CheckedNode.with();
    const { machine } = node, { root } = machine;
    await machine.write("bin/containerd", "#!/bin/sh\necho containerd example.com v2.3.0 0\n");
    const said = JSON.stringify({ ociVersionMax: "1.3.0", ...features });
    await machine.write("bin/runc", `#!/bin/sh\n[ "$*" = features ] && echo '${said}'\n`);
    await Deno.chmod(`${root}/bin/runc`, 0o755);
    const { stdout } = await node.validate("-o", "json");
    const { checks }: CheckReport = JSON.parse(stdout);
    const { outcome, message } = checks.find(({ name }) => name === "memory-policies") ?? {};
    assert.deepEqual(
      [outcome, message],
      what === "has"
        ? [
          "pass",
          "bind, preferred, preferredMany, interleave; not weightedInterleave: Linux 6.1.0-44-amd64 is too old",
        ]
        : [
          "warn",
          "runc leaves memory policies out: containers would start without those that their claims ask for",
        ],
    );
  });
}

Deno.test("YAML and JSON of validate say the same", async () => {
  await using node = await CheckedNode.with();
  const [json, yaml] = await Promise.all([node.validate("-o", "json"), node.validate("-o", "yaml")]);
  const withoutTime = (report: CheckReport) => report.checks.filter(({ name }) => name !== "clock");
  assert.deepEqual(withoutTime(parse(yaml.stdout)), withoutTime(JSON.parse(json.stdout)));
});

Deno.test("validate looks at this machine itself, whatever it is like", async () => {
  const { code, stdout } = await dramemory("validate", "-o", "json");
  const { outcome, checks }: CheckReport = JSON.parse(stdout);
  assert.equal(code, outcome === "fail" ? 1 : 0);
  for (const { outcome, fix } of checks) assert.equal(fix === null, outcome === "pass");
});

Deno.test("validate with an unknown runtime is wrong usage", async () => {
  const { code, stdout } = await dramemory("validate", "--runtime", "docker");
  assert.deepEqual([code, stdout], [2, ""]);
});
