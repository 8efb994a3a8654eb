import assert from "node:assert/strict";

const emulator = ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"] as const;
const executable = Deno.env.get("DRAMEMORY_ARM64") ?? "bin/dramemory-arm64";

/** Runs the arm64 executable on this machine, emulated, with Debian's C library for arm64. */
async function emulated(...args: string[]): Promise<string> {
  const [command, ...options] = emulator;
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...options, executable, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  assert.equal(code, 0, decoder.decode(stderr));
  return decoder.decode(stdout);
}

Deno.test("the executable for arm64 says that it is one", async () => {
  assert.match(await emulated("version"), /aarch64/);
});

for (const fixture of ["arm64-4k", "arm64-16k", "arm64-64k"]) {
  Deno.test(`the executable for arm64 reads the files of ${fixture}`, async () => {
    const roots = ["sys", "proc"].map((root) => `--${root}fs-root=tests/fixtures/${fixture}/${root}`);
    const { devices } = JSON.parse(await emulated("inspect", "-o", "json", ...roots));
    assert.ok(devices.length > 0);
  });
}

Deno.test("the executable for arm64 shows all steps of the demo", async () => {
  assert.match(await emulated("demo"), /^All 8 steps were checked\.$/m);
});
