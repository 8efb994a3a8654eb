import assert from "node:assert/strict";
import * as v from "valibot";
import { parse } from "yaml";
import configuration from "../../deno.json" with { type: "json" };
import { yamlFiles } from "./manifests.ts";

const workflow = v.looseObject({
  permissions: v.record(v.string(), v.string()),
  env: v.object({ NO_COLOR: v.string() }),
  jobs: v.record(
    v.string(),
    v.looseObject({
      "runs-on": v.string(),
      "timeout-minutes": v.number(),
      steps: v.array(v.looseObject({ uses: v.exactOptional(v.string()), run: v.exactOptional(v.string()) })),
    }),
  ),
});

const texts = await yamlFiles(new URL("../../.github/workflows/", import.meta.url));

for (const [name, text] of texts) {
  const { permissions, jobs } = v.parse(workflow, parse(text));
  const steps = Object.values(jobs).flatMap(({ steps }) => steps);

  Deno.test(`${name} may only read unless a job says otherwise`, () => {
    assert.deepEqual(permissions, { contents: "read" });
  });

  Deno.test(`${name} names the exact version of each action`, () => {
    for (const { uses } of steps) assert.match(uses ?? "a/b@v1.2.3", /^[\w-]+\/[\w-]+@v\d+\.\d+\.\d+$/);
  });

  Deno.test(`${name} runs tasks that there are, on the Deno that the project is built with`, () => {
    const runs = steps.flatMap(({ run = "" }) => [...run.matchAll(/deno@(.*?) (?:task (\S+)|run|install)/g)]);
    assert.ok(runs.length > 0);
    for (const [, version = "", task] of runs) {
      assert.ok(["$(cat .deno-version)", "${{ matrix.deno }}"].includes(version), version);
      if (task !== undefined) assert.ok(task in configuration.tasks, task);
    }
  });
}
