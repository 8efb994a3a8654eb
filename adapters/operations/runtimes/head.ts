import type { RuntimeName } from "./runtime_names.ts";

const opening = "# Settings for dramemory, written by `dramemory setup-runtime";

/** The first line of a file that was made for the driver, which tells whose it is. */
export function headOf(runtime: RuntimeName): string {
  return `${opening} ${runtime}\`.\n`;
}

/** Whether a file is one that began with {@link headOf}. */
export function isOwnText(text: string): boolean {
  return text.startsWith(opening);
}

/** Whether a file has the name of a drop-in of the driver's, whichever it needed to come last. */
export function isOwnName(name: string): boolean {
  return /^(?:99|z{2,})-dramemory\.(?:toml|conf)$/.test(name);
}
