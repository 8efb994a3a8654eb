import assert from "node:assert/strict";
import { pinnedDeno } from "../../tasks/executable.ts";

/** The texts that tell people which Deno to call. */
async function* texts(): AsyncGenerator<string> {
  yield* ["README.md", "CONTRIBUTING.md"];
  yield* markdownFiles("docs");
}

async function* markdownFiles(directory: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (isDirectory) yield* markdownFiles(`${directory}/${name}`);
    else if (name.endsWith(".md")) yield `${directory}/${name}`;
  }
}

Deno.test("the pinned version is an exact one", () => {
  assert.match(pinnedDeno, /^\d+\.\d+\.\d+$/);
});

Deno.test("every text calls Deno by the pinned version", async () => {
  let calls = 0;
  for await (const path of texts()) {
    for (const [call, version] of (await Deno.readTextFile(path)).matchAll(/\bdeno@(\d+[\w.-]*)/g)) {
      assert.equal(version, pinnedDeno, `${path}: ${call}`);
      calls++;
    }
  }
  assert.ok(calls > 0);
});

Deno.test("the gate and the workflow test on the same newest Deno, one that is not older than the pinned one", async () => {
  const newest = /^newest=(\S+)$/m.exec(await Deno.readTextFile(".ci/run"))?.[1] ?? "";
  const workflow = await Deno.readTextFile(".github/workflows/ci.yaml");
  assert.equal(/^ +deno: \[\$\(cat \.deno-version\), (\S+)\]$/m.exec(workflow)?.[1], newest);
  const [pinned = 0, tested = 0] = [pinnedDeno, newest].map((version) =>
    version.split(".").map(Number).reduce((sum, part) => sum * 1_000 + part, 0)
  );
  assert.ok(tested >= pinned, `${newest} is older than ${pinnedDeno}`);
});
