import assert from "node:assert/strict";
import { schemaPaths, schemaText } from "../../tasks/memory_config_schema.ts";

for (const path of schemaPaths) {
  Deno.test(`${path} is made from the definition that the driver checks by (deno task generate:schema)`, async () => {
    assert.equal(await Deno.readTextFile(path), schemaText());
  });
}
