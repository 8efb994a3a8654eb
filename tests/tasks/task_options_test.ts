import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** Those that take options, by the file that each runs. */
const tasks: Record<string, string> = {
  "lab:kernel": "tests/lab/kernel.ts",
  "lab:runtime": "tests/lab/runtime.ts",
  "lab:workloads": "tests/lab/workloads.ts",
  "lab:cluster": "tests/lab/cluster.ts",
  "lab:shell": "tests/lab/shell.ts",
  "soak": "tests/soak/soak.ts",
  "bench": "tests/bench/bench.ts",
  "build": "tasks/build.ts",
  "build-image": "tasks/build_image.ts",
  "image-archive": "tasks/image_archive.ts",
  "workload-image-archive": "tests/workload/image_archive.ts",
  "mutate": "tasks/mutate.ts",
};

async function run(file: string, ...args: string[]): Promise<[code: number, stdout: string, stderr: string]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", fileURLToPath(new URL(`../../${file}`, import.meta.url)), ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return [code, decoder.decode(stdout), decoder.decode(stderr)];
}

for (const [task, file] of Object.entries(tasks)) {
  Deno.test(`deno task ${task} says how it is used, where it is asked to and where a word is none of its own`, async () => {
    const [code, stdout] = await run(file, "--help");
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: deno task ${task}\\b`));
    const [wrong, printed, stderr] = await run(file, "--no-such-option");
    assert.deepEqual([wrong, printed], [2, ""]);
    assert.equal(stderr.endsWith(`\n${stdout}`), true, stderr);
    assert.match(stderr, /^Unknown option '--no-such-option'/);
  });
}

const mistakes: Record<string, [file: string, args: string[], told: RegExp]> = {
  "an unknown maker of cgroups": [
    "tests/lab/runtime.ts",
    ["--cgroup-manager", "openrc"],
    /^Cannot have cgroups made by openrc: there are cgroupfs, systemd\n$/,
  ],
  "an unknown suite": [
    "tests/lab/cluster.ts",
    ["memory", "huge_pages"],
    /^Cannot run the suite huge_pages: there are .*hugepages, /,
  ],
};
for (const [mistake, [file, args, told]] of Object.entries(mistakes)) {
  Deno.test(`the lab says that ${mistake} is none, before it boots anything`, async () => {
    const [code, stdout, stderr] = await run(file, ...args);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, told);
  });
}
