import assert from "node:assert/strict";
import { dramemory } from "./dramemory.ts";

for (const topology of ["this-machine", "two-numa", "memory-tiers", "arm64-16k", "arm64-64k"]) {
  Deno.test(`the demo on ${topology} checks every step and leaves nothing behind`, async () => {
    const before = temporaryDirectories();
    const { code, stdout, stderr } = await dramemory("demo", "--topology", topology);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /\nAll 8 steps were checked\.\n$/);
    assert.deepEqual(temporaryDirectories().filter((name) => !before.includes(name)), []);
  });
}

function temporaryDirectories(): string[] {
  return [...Deno.readDirSync(Deno.env.get("TMPDIR") ?? "/tmp")]
    .map(({ name }) => name)
    .filter((name) => name.startsWith("dramemory-demo-"));
}
