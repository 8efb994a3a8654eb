import assert from "node:assert/strict";
import { readGivenText } from "../../../../adapters/shared/files/given_text.ts";
import { UnfitFileError } from "../../../../adapters/shared/files/bounded_file.ts";
import { inDirectory } from "./directory.ts";
import { makePipe } from "./pipe.ts";

const reading = new URL("./_read_given_text.ts", import.meta.url).pathname;

/** What a process prints that reads PATH with a shell's help, as a command of dramemory does. */
async function readByShell(script: string): Promise<string> {
  const { stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", script, "bash", Deno.execPath(), "run", "-A", "--no-check", reading],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return decoder.decode(stdout) + decoder.decode(stderr);
}

Deno.test("a text comes from a file, from stdin, and from what a shell hands over as a file", () =>
  inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "zwölf");
    assert.equal(await readGivenText(`${directory}/file`, 10), "zwölf");
    assert.equal(await readByShell('printf zwölf | "$@" - 10'), "zwölf\n");
    assert.equal(await readByShell('printf zwölf | "$@" /dev/stdin 10'), "zwölf\n");
    assert.equal(await readByShell('"$@" <(printf zwölf) 10'), "zwölf\n");
  }));

Deno.test("a stream that is too long is not read to its end", async () => {
  assert.equal(await readByShell('"$@" - 10 </dev/zero'), "UnfitFileError: holds more than 10 bytes\n");
  assert.equal(await readByShell('"$@" <(yes) 10'), "UnfitFileError: holds more than 10 bytes\n");
});

Deno.test("a pipe by its name is not waited for, and bytes that are no text are none", () =>
  inDirectory(async (directory) => {
    await makePipe(`${directory}/pipe`);
    await assert.rejects(
      readGivenText(`${directory}/pipe`, 10),
      new UnfitFileError("is a pipe, and no regular file"),
    );
    await Deno.writeFile(`${directory}/bytes`, new Uint8Array([0x61, 0xff]));
    await assert.rejects(
      readGivenText(`${directory}/bytes`, 10),
      new UnfitFileError("it is no text in UTF-8"),
    );
  }));
