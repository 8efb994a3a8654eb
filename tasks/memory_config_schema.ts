/** Writes the JSON schema of `MemoryConfig`, for readers of the documentation and for those who deploy the driver. */
import { toJsonSchema } from "@valibot/to-json-schema";
import { memoryConfigSchema } from "../adapters/protocols/configuration/memory_config.ts";

/** Where the schema is published. */
export const schemaPaths = ["docs/memory-config.schema.json", "deploy/memory-config.schema.json"];

/** The schema's text, made from the definition that the driver checks by. */
export function schemaText(): string {
  const schema = { title: "MemoryConfig", ...toJsonSchema(memoryConfigSchema) };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

if (import.meta.main) {
  for (const path of schemaPaths) await Deno.writeTextFile(path, schemaText());
}
