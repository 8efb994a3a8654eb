import { root } from "../../../tasks/lint/imports.ts";
import plugin from "../../../tasks/lint/plugin.ts";

/** What a rule says of a file of the checkout, whether it is there or made up. */
export function linted(rule: string, path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, root + path, source)
    .filter(({ id }) => id === `dramemory/${rule}`)
    .map(({ message }) => message);
}
