import assert from "node:assert/strict";

interface Fault {
  /** Shows the fault of Deno by ending otherwise than with 0. */
  readonly program: string;
  /** How the program ends where Deno has the fault: by a signal, or with such an error. */
  readonly end: "signal" | RegExp;
  /** The newest Deno no longer has it: the workaround is for the pinned one. */
  readonly isMended: boolean;
}

/** Each workaround with the fault that it is for. */
const workarounds: Readonly<Record<string, Fault>> = {
  "goaway_filter.ts": { program: "_goodbye_to_server.ts", end: "signal", isMended: false },
  "unix_grpc_client.ts": { program: "_goodbye_to_client.ts", end: "signal", isMended: false },
  "undelayed_writes.ts": {
    program: "_connection_of_fetch.ts",
    end: /connections are delayed/,
    isMended: false,
  },
  "unix_stream.ts": {
    program: "_clients_of_node_net.ts",
    // Whoever has the descriptor next loses it: a file (EBADF), the other end of a client (ECONNRESET), or a client itself.
    end: /os error (9|104)\b|wait for an answer for ever/,
    isMended: true,
  },
};

/** What belongs to a workaround of another file. */
const parts = ["grpc_frame.ts", "grpc_frames.ts"];

const folder = new URL("../../../../adapters/shared/deno_workarounds/", import.meta.url);
const root = new URL("../../../../", import.meta.url);
const isPinned = Deno.version.deno === Deno.readTextFileSync(new URL(".deno-version", root)).trim();

for (const [workaround, { program, end, isMended }] of Object.entries(workarounds)) {
  Deno.test({
    name: `${workaround} is still needed on this Deno`,
    ignore: isMended && !isPinned,
    fn: async () => {
      const { code, signal, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--no-lock", new URL(program, import.meta.url).pathname],
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).output();
      assert.notEqual(code, 0, `Deno ${Deno.version.deno} survives ${program}: remove ${workaround}`);
      const text = new TextDecoder().decode(stderr);
      if (end === "signal") assert.notEqual(signal, null, text);
      else if (signal === null) assert.match(text, end);
    },
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
