import assert from "node:assert/strict";
import { makePipe } from "../adapters/shared/files/pipe.ts";
import { dramemory, type Finished } from "./dramemory.ts";

/** Runs the program with a file in the place of a directory, a link to itself, and a directory in that of a file. */
async function withWrongPlaces(test: (places: Places) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "dramemory-wrong-" });
  try {
    await Deno.writeTextFile(`${directory}/file`, "\x00\xff");
    await Deno.writeFile(`${directory}/binary`, new Uint8Array([0x80, 0xff, 0x0a, 0xfe]));
    await Deno.writeTextFile(`${directory}/config`, kubeconfig);
    await makePipe(`${directory}/pipe`);
    await Deno.symlink("loop", `${directory}/loop`);
    const names = { directory, file: `${directory}/file`, binary: `${directory}/binary` };
    await test({ ...names, loop: `${directory}/loop`, pipe: `${directory}/pipe` });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

interface Places {
  readonly directory: string;
  readonly file: string;
  readonly binary: string;
  readonly loop: string;
  readonly pipe: string;
}

/** Nobody answers at the address, and nobody is asked. */
const kubeconfig = JSON.stringify({
  "current-context": "a",
  contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
  clusters: [{ name: "a", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "a", user: { token: "a" } }],
});

const provision =
  '{"kind":"HugePageProvision","metadata":{"name":"x"},"spec":{"pages":[{"size":"2Mi","count":0}]}}';

/** The command line, and how what it says on stderr begins, with the place in it that is wrong. */
const mistakes: Record<string, (places: Places) => [args: string[], told: string]> = {
  "status, a file for the CDI directory": ({ directory, file }) => [
    ["status", `--run-dir=${directory}/none`, `--cdi-dir=${file}`],
    `Cannot read the claims in ${file}: not a directory (is --cdi-dir right, and is this root?)`,
  ],
  "status, a file for the driver's directory": ({ file }) => [
    ["status", `--run-dir=${file}`],
    `Cannot look for the driver in ${file}: not a directory (see --run-dir)`,
  ],
  "inspect, a file for the CDI directory": ({ file }) => [
    ["inspect", `--cdi-dir=${file}`],
    `Cannot tell which pages prepared claims hold: Cannot read the claims in ${file}: not a directory (`,
  ],
  "cleanup, a file for the CDI directory": ({ file }) => [
    ["cleanup", "--dry-run", `--cdi-dir=${file}`],
    `Cannot clean up: ${file}: not a directory (see --help for where things are looked for)`,
  ],
  "cleanup, a file for the kubelet's directory": ({ file }) => [
    ["cleanup", "--dry-run", `--kubelet-root=${file}`],
    `Cannot clean up: ${file}/plugins_registry: not a directory (`,
  ],
  "cgroups, a link to itself": ({ loop }) => [
    ["cgroups", `--cgroup-mount=${loop}`],
    `Cannot read ${loop}: too many levels of symbolic links (see --cgroup-mount)`,
  ],
  "setup-runtime, a directory for a file": ({ directory }) => [
    ["setup-runtime", "containerd", directory, "--check", "--runtime-version=2.1"],
    `Cannot read ${directory}: is a directory`,
  ],
  "setup-runtime, bytes for a text": ({ binary }) => [
    ["setup-runtime", "containerd", binary, "--check", "--runtime-version=2.1"],
    `Cannot read ${binary}: it is no text in UTF-8`,
  ],
  "setup-runtime, a pipe for a file": ({ pipe }) => [
    ["setup-runtime", "containerd", pipe, "--check", "--runtime-version=2.1"],
    `Cannot read ${pipe}: is a pipe, and no regular file`,
  ],
  "setup-hugepages, a pipe for the document": ({ pipe }) => [
    ["setup-hugepages", pipe, "--dry-run"],
    `Cannot read ${pipe}: is a pipe, and no regular file`,
  ],
  "inspect, a pipe for the kubelet's configuration": ({ pipe }) => [
    ["inspect", "--reserved-memory=kubelet", `--kubelet-config=${pipe}`],
    `Cannot read ${pipe}: is a pipe, and no regular file (--reserved-memory=kubelet takes its file`,
  ],
  "cluster, a pipe for the kubeconfig": ({ pipe }) => [
    ["cluster", `--kubeconfig=${pipe}`],
    `Cannot read the kubeconfig ${pipe}: is a pipe, and no regular file (name another with --kubeconfig)`,
  ],
  "explain, a pipe for the manifest": ({ directory, pipe }) => [
    ["explain", pipe, `--kubeconfig=${directory}/config`],
    `Cannot read the manifest ${pipe}: is a pipe, and no regular file`,
  ],
  "explain, a device for the kubeconfig": () => [
    ["explain", "--kubeconfig=/dev/zero"],
    "Cannot read the kubeconfig /dev/zero: is a device, and no regular file (",
  ],
  "cluster, a directory for the kubeconfig": ({ directory }) => [
    ["cluster", `--kubeconfig=${directory}`],
    `Cannot read the kubeconfig ${directory}: is a directory (name another with --kubeconfig)`,
  ],
  "explain, a directory for the manifest": ({ directory }) => [
    ["explain", directory, `--kubeconfig=${directory}/config`],
    `Cannot read the manifest ${directory}: is a directory`,
  ],
  "gather, a directory for the archive": ({ directory }) => [
    ["gather", directory],
    `Cannot write ${directory}: it is a directory (name a file in it)`,
  ],
  "gather, into a directory that is not there": ({ directory }) => [
    ["gather", `${directory}/none/report.tar.gz`],
    `Cannot write ${directory}/none/report.tar.gz: there is no directory ${directory}/none`,
  ],
};
for (const [mistake, of] of Object.entries(mistakes)) {
  Deno.test(`${mistake}: one line says what is wrong, and the job has failed`, async () => {
    await withWrongPlaces(async (places) => {
      const [args, told] = of(places);
      assertTold(await dramemory(...args), told);
    });
  });
}

Deno.test("what the system refuses where nobody expects it is one line, without a stack", async () => {
  await withWrongPlaces(async ({ directory, loop }) => {
    await Deno.writeTextFile(`${directory}/pages.json`, provision);
    const finished = await dramemory(
      "setup-hugepages",
      `${directory}/pages.json`,
      "--dry-run",
      `--cgroup-mount=${loop}`,
    );
    assertTold(finished, `Cannot go on: ${loop}: too many levels of symbolic links`);
  });
});

Deno.test("a place that cannot be looked at is a check's result, and not the end of all checks", async () => {
  await withWrongPlaces(async ({ loop }) => {
    const { code, stdout } = await dramemory("validate", `--kubelet-root=${loop}`, `--cdi-dir=${loop}`);
    assert.equal(code, 1);
    assert.match(stdout, /✗ +kubelet-directories +\S+loop\/plugins is no directory/);
    assert.match(stdout, /✗ +cdi-directory +\S+loop is no directory/);
  });
});

Deno.test("bytes for a kubeconfig: one line, and none of the bytes", async () => {
  await withWrongPlaces(async ({ directory }) => {
    await Deno.writeTextFile(`${directory}/config`, "\u0001\u001b[31m: {\n x: [\n");
    const { code, stdout, stderr } = await dramemory("cluster", `--kubeconfig=${directory}/config`);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^Cannot understand the kubeconfig [ -~]+\n$/);
  });
});

function assertTold({ code, stderr }: Finished, told: string): void {
  assert.ok(stderr.startsWith(told), stderr);
  assert.deepEqual([code, stderr.trimEnd().split("\n").length], [1, 1]);
}
