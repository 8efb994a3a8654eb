import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const executable = "#!/bin/sh\n";

/** Runs a task with nothing on the PATH but programs made of these texts. */
async function runTask(script: string, programs: Readonly<Record<string, string>>) {
  const path = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(programs)) {
      await Deno.writeTextFile(`${path}/${name}`, `${executable}${text}`, { mode: 0o755 });
    }
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", fileURLToPath(new URL(script, import.meta.url))],
      env: { PATH: path, NO_COLOR: "1" },
    }).output();
    return { code, message: new TextDecoder().decode(stderr).trim() };
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

const kind = "kind (install it: https://kind.sigs.k8s.io/docs/user/quick-start/#installation)";
const docker = "docker (install it: https://docs.docker.com/engine/install/)";

for (const script of ["setup.ts", "teardown.ts", "run_suites.ts"]) {
  Deno.test(`without kind and Docker ${script} says where to get them and exits with 1`, async () => {
    assert.deepEqual(await runTask(script, {}), {
      code: 1,
      message: `Cannot work with a kind cluster without ${kind} and ${docker}`,
    });
  });
}

Deno.test("what is there is not asked for", async () => {
  const { message } = await runTask("setup.ts", { docker: "exit 0" });
  assert.equal(message, `Cannot work with a kind cluster without ${kind}`);
});

Deno.test("a Docker that does not answer is told as such, with its reason", async () => {
  const { code, message } = await runTask("setup.ts", {
    kind: "exit 0",
    docker: 'if [ "$1" = info ]; then echo "no daemon" >&2; exit 1; fi',
  });
  assert.equal(code, 1);
  assert.equal(
    message,
    "Cannot work with a kind cluster: Docker does not answer (start its daemon): no daemon",
  );
});
