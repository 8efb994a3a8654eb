import assert from "node:assert/strict";
import { checkRuntime, ExecutableError, pinnedDeno } from "../../tasks/executable.ts";
import { elfFile } from "./image/elf_file.ts";

/** A runtime, as far as it is looked at. */
function runtime(machine: number, version = pinnedDeno): Uint8Array {
  const text = `\0Deno/0.78.0\0Deno/${version}\0`;
  return Uint8Array.from([...elfFile({ machine }), ...new TextEncoder().encode(text)]);
}

async function checked(content: Uint8Array | undefined, wanted: "amd64" | "arm64"): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/denort`;
    if (content !== undefined) await Deno.writeFile(path, content);
    await checkRuntime(path, wanted);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a runtime of the architecture that is built for is taken", async () => {
  await checked(runtime(183), "arm64");
  await checked(runtime(62), "amd64");
});

for (
  const [what, content, message] of [
    ["of another architecture", runtime(62), /for arm64: DENORT_BIN .*for amd64: .*\nSet it to/],
    ["of another Deno", runtime(183, "2.7.11"), /for arm64: DENORT_BIN .*of another Deno: .*\nSet it to/],
    ["that is no executable", new TextEncoder().encode("#!/bin/sh\n"), /it is not an ELF file/],
    ["that is not there", undefined, /No such file/],
  ] as const
) {
  Deno.test(`a runtime ${what} is refused before anything is built`, async () => {
    await assert.rejects(checked(content, "arm64"), (error) => {
      assert.ok(error instanceof ExecutableError);
      assert.match(error.message, message);
      return true;
    });
  });
}
