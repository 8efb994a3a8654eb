import assert from "node:assert/strict";
import { HostCommandError, runOnHost } from "../../../../adapters/operations/host/host_commands.ts";
import { inDirectory } from "../../shared/files/directory.ts";

Deno.test("a command on the host is run as it is", async () => {
  const { code, stdout, stderr } = await runOnHost(["sh", "-c", "echo out; echo err >&2; exit 3"], 10_000);
  assert.deepEqual([code, stdout, stderr], [3, "out\n", "err\n"]);
});

Deno.test("a command from a container enters the namespaces of process 1", async () => {
  await inDirectory(async (directory) => {
    const procfsRoot = await procfsOf(directory, { self: "mnt:[2]", "1": "mnt:[1]" });
    await withProgram(directory, "nsenter", 'echo "$@"', async () => {
      const { stdout } = await runOnHost(["systemctl", "restart", "containerd"], 10_000, procfsRoot);
      assert.equal(stdout, "--target 1 --mount --uts --ipc --net -- systemctl restart containerd\n");
    });
  });
});

Deno.test("a program that is not there is named", async () => {
  await assert.rejects(
    runOnHost(["/nowhere/systemctl", "restart"], 10_000),
    (error) => error instanceof HostCommandError && /^Cannot run \/nowhere\/systemctl/.test(error.message),
  );
});

Deno.test("a command that does not end is ended", async () => {
  await assert.rejects(
    runOnHost(["sleep", "60"], 100),
    (error) =>
      error instanceof HostCommandError && /^Cannot wait for sleep 60 any longer/.test(error.message),
  );
});

/** A procfs with the mount namespaces of some processes. */
async function procfsOf(directory: string, namespaces: Record<string, string>): Promise<string> {
  for (const [process, namespace] of Object.entries(namespaces)) {
    await Deno.mkdir(`${directory}/proc/${process}/ns`, { recursive: true });
    await Deno.symlink(namespace, `${directory}/proc/${process}/ns/mnt`);
  }
  return `${directory}/proc`;
}

/** Has a script found before all programs of its name. */
async function withProgram(
  directory: string,
  name: string,
  script: string,
  test: () => Promise<void>,
): Promise<void> {
  const path = Deno.env.get("PATH") ?? "";
  await Deno.writeTextFile(`${directory}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  Deno.env.set("PATH", `${directory}:${path}`);
  try {
    await test();
  } finally {
    Deno.env.set("PATH", path);
  }
}
