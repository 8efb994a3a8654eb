import assert from "node:assert/strict";

/** Each workaround with a program that shows the fault of Deno that it is for, by not surviving it. */
const workarounds = {
  "goaway_filter.ts": "_goodbye_to_server.ts",
  "unix_grpc_client.ts": "_goodbye_to_client.ts",
};

/** What belongs to a workaround of another file. */
const parts = ["grpc_frame.ts", "grpc_frames.ts"];

const folder = new URL("../../../../adapters/shared/deno_workarounds/", import.meta.url);

for (const [workaround, program] of Object.entries(workarounds)) {
  Deno.test(`${workaround} is still needed on this Deno`, async () => {
    const { code, signal, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--no-lock", new URL(program, import.meta.url).pathname],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    assert.notEqual(code, 0, `Deno ${Deno.version.deno} survives ${program}: remove ${workaround}`);
    assert.notEqual(signal, null, new TextDecoder().decode(stderr));
  });

  Deno.test(`${workaround} says for what, for which versions and until when it is there`, async () => {
    const text = await Deno.readTextFile(new URL(workaround, folder));
    for (const point of ["Symptom: ", "Versions: ", "Upstream: https://", "Remove when: "]) {
      assert.ok(text.includes(` * - ${point}`), point);
    }
  });
}

Deno.test("there is no workaround that nobody asks for", async () => {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  assert.deepEqual(names.sort(), [...Object.keys(workarounds), ...parts].sort());
});
