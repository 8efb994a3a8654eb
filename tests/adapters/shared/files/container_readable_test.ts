import assert from "node:assert/strict";
import { makeContainerReadable } from "../../../../adapters/shared/files/container_readable.ts";

async function inDirectory(test: (directory: string) => void): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "dramemory-" });
  try {
    test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

// What SELinux makes of it is looked at in the lab: `deno task lab:runtime selinux`.
Deno.test("without SELinux a directory for containers is made as any other, with those above it", () =>
  inDirectory((directory) => {
    makeContainerReadable(`${directory}/cdi/metadata`);
    Deno.writeTextFileSync(`${directory}/cdi/metadata/file`, "text");
    assert.equal(Deno.statSync(`${directory}/cdi/metadata`).mode, Deno.statSync(`${directory}/cdi`).mode);
  }));

Deno.test("a directory for containers that is there stays as it is", () =>
  inDirectory((directory) => {
    makeContainerReadable(`${directory}/metadata`);
    Deno.writeTextFileSync(`${directory}/metadata/file`, "text");
    makeContainerReadable(`${directory}/metadata`);
    assert.equal(Deno.readTextFileSync(`${directory}/metadata/file`), "text");
  }));

Deno.test("where a directory for containers cannot be made, the error is the system's", () =>
  inDirectory((directory) => {
    Deno.writeTextFileSync(`${directory}/file`, "text");
    assert.throws(() => makeContainerReadable(`${directory}/file/metadata`), Deno.errors.NotADirectory);
  }));
