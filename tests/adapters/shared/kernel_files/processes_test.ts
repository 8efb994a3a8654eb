import assert from "node:assert/strict";
import { flagValue, flagValues, processesOf } from "../../../../adapters/shared/kernel_files/processes.ts";

/** A /proc with processes, each with the text of its command line, of further files, and where its root directory is. */
async function withProcesses(
  processes: Record<string, string | Record<string, string>>,
  test: (proc: string) => Promise<void>,
): Promise<void> {
  const proc = await Deno.makeTempDir({ prefix: "dramemory-proc-" });
  try {
    for (const [name, files] of Object.entries(processes)) {
      await Deno.mkdir(`${proc}/${name}`);
      for (const [file, text] of Object.entries(typeof files === "string" ? { cmdline: files } : files)) {
        if (file === "root") await Deno.symlink(text, `${proc}/${name}/${file}`);
        else await Deno.writeTextFile(`${proc}/${name}/${file}`, text);
      }
    }
    await test(proc);
  } finally {
    await Deno.remove(proc, { recursive: true });
  }
}

Deno.test("programs are found by their names, with their arguments, the oldest first", async () => {
  const processes = {
    "1": "/sbin/init\0",
    "120": "kubelet\0--version\0",
    "12": "/usr/bin/kubelet\0--config=/a b.yaml\0",
    "7": "kubelet-helper\0",
    "30": "",
    "self": "crio\0",
    "99": {}, // A process that ended meanwhile.
  };
  await withProcesses(processes, async (proc) => {
    const found = await processesOf(["kubelet", "crio"], proc);
    assert.deepEqual(found.map(({ name, commandLine }) => [name, ...commandLine]), [
      ["kubelet", "/usr/bin/kubelet", "--config=/a b.yaml"],
      ["kubelet", "kubelet", "--version"],
    ]);
  });
});

Deno.test("a program that shows one text in the place of its arguments is taken apart", async () => {
  await withProcesses({ "5": "/usr/local/bin/k3s server\0\0\0" }, async (proc) => {
    assert.deepEqual((await processesOf(["k3s"], proc))[0]?.commandLine, ["/usr/local/bin/k3s", "server"]);
  });
});

Deno.test("the service of a process is the innermost one of its cgroup", async () => {
  const cgroups = {
    "0::/system.slice/k3s.service/kubepods/x": "k3s",
    "1:name=systemd:/system.slice/docker.service\n0::/\n": "docker",
    "0::/user.slice/user-0.slice/user@0.service/app.slice/own.service\n": "own",
    "0::/init.scope\n": undefined,
  };
  for (const [cgroup, service] of Object.entries(cgroups)) {
    await withProcesses({ "5": { cmdline: "crio\0", cgroup } }, async (proc) => {
      assert.equal((await processesOf(["crio"], proc))[0]?.service, service);
    });
  }
});

Deno.test("what a container calls by a runtime's name is none of the host's programs", async () => {
  const inside = { cmdline: "containerd\0-c\0/evil\0", root: "/dev" };
  const outside = { cmdline: "containerd\0", root: "/" };
  await withProcesses({ "1": { root: "/" }, "5": inside, "6": outside }, async (proc) => {
    assert.deepEqual((await processesOf(["containerd"], proc)).map(({ commandLine }) => commandLine), [[
      "containerd",
    ]]);
  });
});

Deno.test("this very process is found in the real /proc", async () => {
  assert((await processesOf(["deno"], "/proc")).some(({ directory }) => directory === `/proc/${Deno.pid}`));
});

Deno.test("without a /proc there are no programs", async () => {
  assert.deepEqual(await processesOf(["kubelet"], "/nowhere"), []);
});

Deno.test("a flag that is given several times has every value", () => {
  assert.deepEqual(flagValues(["k3s", "--kubelet-arg=a=b", "--kubelet-arg", "c"], "kubelet-arg"), [
    "a=b",
    "c",
  ]);
});

const lines: [string[], string | undefined][] = [
  [["--config=/a"], "/a"],
  [["--config", "/a"], "/a"],
  [["-c", "/a"], "/a"],
  [["-config=/a=b"], "/a=b"],
  [["--config=/a", "--config=/b"], "/b"],
  [["--config-dir=/a"], undefined],
  [["--config"], undefined],
  [[], undefined],
];
for (const [line, value] of lines) {
  Deno.test(`the file that "${line.join(" ")}" names is ${value}`, () => {
    assert.equal(flagValue(["containerd", ...line], "config", "c"), value);
  });
}
