import assert from "node:assert/strict";
import { startDramemory } from "./dramemory.ts";

const commands = [
  ["--help"],
  ["inspect"],
  ["inspect", "-o", "json"],
  ["inspect", "--watch", "1"],
  ["manifests"],
  ["demo", "--topology", "two-numa"],
  ["daemon", "--help"],
  ["version"],
  ["gather", "-"],
];
for (const args of commands) {
  Deno.test(`dramemory ${args.join(" ")} into a closed pipe ends quietly`, async () => {
    const child = startDramemory(args);
    await child.stdout.cancel();
    const [{ code }, stderr] = await Promise.all([child.status, new Response(child.stderr).text()]);
    assert.deepEqual([code, stderr], [0, ""]);
  });
}

Deno.test("wrong usage keeps its exit code when nobody reads stderr", async () => {
  const child = startDramemory(["inspec"]);
  await child.stderr.cancel();
  const [{ code }, stdout] = await Promise.all([child.status, new Response(child.stdout).text()]);
  assert.deepEqual([code, stdout], [2, ""]);
});

for (const args of [["version"], ["gather", "-"]]) {
  Deno.test(`output of ${args.join(" ")} that cannot be written otherwise is a failed job`, async () => {
    const program = new URL("../../cmd/main.ts", import.meta.url).pathname;
    const deno = [Deno.execPath(), "run", "-A", "--no-check", program];
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", 'exec "$@" >/dev/full', "sh", ...deno, ...args],
      env: { NO_COLOR: "1" },
    }).output();
    assert.equal(code, 1);
    assert.equal(new TextDecoder().decode(stderr), "Cannot write the output: no space left on device\n");
  });
}
