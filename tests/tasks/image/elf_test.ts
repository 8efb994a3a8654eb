import assert from "node:assert/strict";
import fc from "fast-check";
import { ElfError, parseElf } from "../../../tasks/image/elf.ts";
import { elfFile } from "./elf_file.ts";

Deno.test("an executable tells its architecture, its loader and its libraries", () => {
  assert.deepEqual(
    parseElf(
      elfFile({
        machine: 183,
        interpreter: "/lib/ld-linux-aarch64.so.1",
        needed: ["libm.so.6", "libc.so.6"],
      }),
    ),
    { architecture: "arm64", interpreter: "/lib/ld-linux-aarch64.so.1", needed: ["libm.so.6", "libc.so.6"] },
  );
});

Deno.test("a static executable loads nothing", () => {
  assert.deepEqual(parseElf(elfFile({ machine: 62 })), {
    architecture: "amd64",
    interpreter: undefined,
    needed: [],
  });
});

Deno.test("what is read of this machine's Deno is what its loader finds", { ignore: noLdd() }, async () => {
  const { needed, interpreter } = parseElf(await Deno.readFile(Deno.execPath()));
  const { stdout } = await new Deno.Command("ldd", { args: [Deno.execPath()] }).output();
  const listed = new TextDecoder().decode(stdout);
  assert.ok(needed.includes("libc.so.6"));
  for (const name of [...needed, interpreter]) assert.ok(listed.includes(`${name}`), `${name} in\n${listed}`);
});

Deno.test("what is no ELF file of a known machine is refused, with the reason", () => {
  const refused = (bytes: Uint8Array, reason: RegExp) => assert.throws(() => parseElf(bytes), reason);
  refused(new TextEncoder().encode("#!/bin/sh\necho text"), /not an ELF file/);
  refused(new Uint8Array(), /ends before/);
  refused(elfFile({ machine: 243 }), /machine 243/);
  refused(elfFile({ machine: 62 }).with(4, 1), /not a 64-bit/);
});

Deno.test("a file that is cut off or damaged is refused, never misread without end", () => {
  const whole = elfFile({ machine: 62, interpreter: "/lib64/ld.so", needed: ["libc.so.6"] });
  const mistakes = fc.oneof(
    fc.nat(whole.length - 1).map((length) => whole.slice(0, length)),
    fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => whole.with(at, byte)),
  );
  fc.assert(fc.property(mistakes, (bytes) => {
    try {
      parseElf(bytes);
    } catch (error) {
      assert.ok(error instanceof ElfError, `${error}`);
    }
  }));
});

function noLdd(): boolean {
  return Deno.build.os !== "linux";
}
