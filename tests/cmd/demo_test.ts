import assert from "node:assert/strict";
import { demoTopologies } from "../../cmd/demo/demo_topologies.ts";
import { dramemory } from "./dramemory.ts";

for (const topology of demoTopologies) {
  Deno.test(`the demo on ${topology} checks every step and leaves nothing behind`, async () => {
    const before = temporaryDirectories();
    const { code, stdout, stderr } = await dramemory("demo", "--topology", topology);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /\nAll 8 steps were checked\.\n$/);
    assert.deepEqual(temporaryDirectories().filter((name) => !before.includes(name)), []);
  });
}

Deno.test("the quickstart and the README show what the demo prints", async () => {
  const { stdout } = await dramemory("demo", "--topology", "two-numa");
  const printed = ofAnyRun(stdout);
  assert.equal(ofAnyRun(blockIn("docs/user/quickstart.md")), printed);
  for (const part of blockIn("README.md").split("…\n")) assert.ok(printed.includes(part), part);
});

/** The first block of a document that begins with a step of the demo. */
function blockIn(document: string): string {
  const text = Deno.readTextFileSync(new URL(`../../${document}`, import.meta.url));
  const [, block = ""] = /^```\n(\d\. [^]*?)^```$/m.exec(text) ?? [];
  return block;
}

/** What is new each time is left out: identities, and the directory that the demo makes. */
function ofAnyRun(output: string): string {
  return output.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UID")
    .replace(/[^"]*\/dramemory-demo-[0-9a-f]+/g, "DIRECTORY");
}

function temporaryDirectories(): string[] {
  return [...Deno.readDirSync(Deno.env.get("TMPDIR") ?? "/tmp")]
    .map(({ name }) => name)
    .filter((name) => name.startsWith("dramemory-demo-"));
}
