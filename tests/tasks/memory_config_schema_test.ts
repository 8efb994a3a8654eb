import assert from "node:assert/strict";
import { generatedFiles } from "../../tasks/memory_config_schema.ts";

for (const [path, text] of generatedFiles()) {
  Deno.test(`${path} is made from the definition that the driver checks by (deno task generate:schema)`, async () => {
    assert.equal(await Deno.readTextFile(path), text);
  });
}
