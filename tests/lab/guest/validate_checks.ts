/** What `dramemory validate` finds on the kernel's own cgroups, and when the daemon does not start there. */
import assert from "node:assert/strict";
import type { CheckReport } from "../../../cmd/validate/check_report.ts";
import { delay } from "./delay.ts";
import { KernelCgroups } from "./kernel_cgroups.ts";

const cgroups = new KernelCgroups();
const { mount } = cgroups;
const accounting = "memory_hugetlb_accounting";

/** What a machine without a kubelet, a runtime and a network has nothing of. */
const ofOthers = [
  "clock",
  "kubelet-directories",
  "kubelet-memory-manager",
  "kubelet-counts-claims",
  "runtime-version",
  "nri-socket",
];

Deno.test("a kernel that a kubelet has set up its cgroups on passes every check of kernel, cgroups and memory", async () => {
  await withKubelet(async () => assert.deepEqual(problems(await validate()), []));
});

Deno.test("a controller in cgroup v1 makes a hybrid, which is a warning", async () => {
  await withKubelet(() =>
    mounted(["-t", "cgroup", "-o", "freezer", "none"], async () => {
      assert.deepEqual(problems(await validate()), ["warn cgroup-layout"]);
    })
  );
});

Deno.test("a kubelet that hands hugetlb down no further is found, and what it says to do mends it", async () => {
  await withKubelet(async () => {
    await cgroups.remove("/kubepods/pod");
    await cgroups.write("/kubepods", "cgroup.subtree_control", "-hugetlb");
    await Deno.mkdir(`${mount}/kubepods/pod`);
    await assert.rejects(cgroups.read("/kubepods/pod", "hugetlb.2MB.max"), Deno.errors.NotFound);
    const report = await validate();
    assert.deepEqual(problems(report), ["fail cgroup-delegation"]);
    await runShell(checkOf(report, "cgroup-delegation").fix?.split(", then")[0] ?? "");
    assert.equal(await cgroups.read("/kubepods/pod", "hugetlb.2MB.max"), "max");
  });
});

Deno.test("no kubelet, and a read-only directory for CDI files, are found, though root runs this", async () => {
  await mounted(["-t", "tmpfs", "-o", "ro", "none"], async (place) => {
    const expected = ["warn cgroup-delegation", "fail cdi-directory"];
    assert.deepEqual(problems(await validate(`--cdi-dir=${place}`)), expected);
  });
});

Deno.test("a read-only mount is found", async () => {
  await mounted(["--bind", mount], async (place) => {
    await runShell(`mount -o remount,ro,bind ${place}`);
    const expected = ["warn cgroup-delegation", "fatal cgroup-writable"];
    assert.deepEqual(problems(await validate(`--cgroup-mount=${place}`)), expected);
  });
});

Deno.test("hugetlb in cgroup v1 is found, and the daemon does not start", async () => {
  await runShell(`echo -hugetlb >${mount}/cgroup.subtree_control`);
  await mounted(["-t", "cgroup", "-o", "hugetlb", "none"], async (place) => {
    const report = await validate();
    const expected = ["warn cgroup-layout", "fatal cgroup-controllers", "warn cgroup-delegation"];
    assert.deepEqual(problems(report), expected);
    await checkDaemonRefuses(checkOf(report, "cgroup-controllers"));
    assert.ok(checkOf(report, "cgroup-controllers").message.endsWith(`it is in cgroup v1, at ${place}`));
  });
});

Deno.test("hugepages that count as memory are found, what it says to do mends it, and the daemon does not start", async (t) => {
  await shell(`mount -o remount,${accounting} ${mount}`);
  const has = await isAccounting();
  const reason = has ? "" : ` (skipped: Linux ${Deno.osRelease()} does not have it, which 6.6 brought)`;
  await t.step({
    name: `with ${accounting}${reason}`,
    ignore: !has,
    fn: async () => {
      const report = await validate();
      assert.deepEqual(problems(report), ["fatal cgroup-accounting", "warn cgroup-delegation"]);
      await checkDaemonRefuses(checkOf(report, "cgroup-accounting"));
      await runShell(checkOf(report, "cgroup-accounting").fix?.split(", and")[0] ?? "");
      assert.equal(await isAccounting(), false);
    },
  });
});

async function isAccounting(): Promise<boolean> {
  return (await Deno.readTextFile("/proc/self/mountinfo")).includes(accounting);
}

/** With cgroups as a kubelet makes them for its pods. */
async function withKubelet(body: () => Promise<void>): Promise<void> {
  await cgroups.createUnlimited("/kubepods/pod");
  try {
    await body();
  } finally {
    await cgroups.remove("/kubepods");
  }
}

/** With something mounted at a place of its own. A controller takes a moment to leave the hierarchy it was in. */
async function mounted(args: readonly string[], body: (place: string) => Promise<void>): Promise<void> {
  const place = await Deno.makeTempDir({ dir: "/run" });
  const command = `mount ${args.join(" ")} ${place}`;
  for (let attempt = 0; attempt < 50 && !(await shell(command)).success; attempt++) await delay(100);
  try {
    await body(place);
  } finally {
    await runShell(`umount ${place}`);
    await Deno.remove(place);
  }
}

type Check = CheckReport["checks"][number];

/** The checks that did not pass, as `outcome name`, those left out that depend on what is not on this machine. */
function problems({ checks }: CheckReport): string[] {
  return checks.filter(({ name, outcome }) => outcome !== "pass" && !ofOthers.includes(name))
    .map(({ name, outcome, fatal }) => `${fatal ? "fatal" : outcome} ${name}`);
}

function checkOf({ checks }: CheckReport, wanted: string): Check {
  return checks.find(({ name }) => name === wanted) ?? assert.fail(`There is no check ${wanted}`);
}

/** Takes seconds on an emulated processor: the fewer runs, the better. */
async function validate(...args: string[]): Promise<CheckReport> {
  const { stdout } = await new Deno.Command("dramemory", {
    args: ["validate", "-o", "json", ...args],
    signal: AbortSignal.timeout(120_000),
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function checkDaemonRefuses({ message, fix }: Check): Promise<void> {
  const { code, stderr } = await new Deno.Command("dramemory", {
    args: ["daemon"],
    signal: AbortSignal.timeout(120_000),
  }).output();
  const lines = new TextDecoder().decode(stderr).split("\n");
  // What else is not as it should be is told before it.
  assert.equal(
    lines.find((line) => line.startsWith("Cannot")),
    `Cannot run on this node: ${message} (${fix})`,
  );
  assert.equal(code, 1);
}

async function runShell(command: string): Promise<void> {
  const { success, stderr } = await shell(command);
  assert.ok(success, `${command}: ${new TextDecoder().decode(stderr)}`);
}

function shell(command: string): Promise<Deno.CommandOutput> {
  return new Deno.Command("sh", { args: ["-c", command] }).output();
}
