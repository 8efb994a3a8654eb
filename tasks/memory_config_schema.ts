/**
 * Writes what is made of the definition of `MemoryConfig`: its JSON schema, for readers of the documentation and for those
 * who deploy the driver, and the chart's admission policy that checks by it.
 */
import { toJsonSchema } from "@valibot/to-json-schema";
import { memoryConfigSchema } from "../adapters/protocols/configuration/memory_config.ts";
import { policyTemplate } from "./memory_config_policy.ts";

/** What is made, by the path of its file. Checks that are code and no keyword of JSON schema are the driver's alone. */
export function generatedFiles(): Map<string, string> {
  const schema = { title: "MemoryConfig", ...toJsonSchema(memoryConfigSchema, { ignoreActions: ["check"] }) };
  const text = `${JSON.stringify(schema, undefined, 2)}\n`;
  return new Map([
    ["docs/memory-config.schema.json", text],
    ["deploy/memory-config.schema.json", text],
    ["deploy/helm/dramemory/templates/memory_config_policy.yaml", policyTemplate(schema)],
  ]);
}

if (import.meta.main) {
  for (const [path, text] of generatedFiles()) await Deno.writeTextFile(path, text);
}
