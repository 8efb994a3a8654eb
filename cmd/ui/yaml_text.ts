import { stringify } from "yaml";

/** A value as YAML, everything in it written out. */
export function yamlText(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false }).trimEnd();
}
