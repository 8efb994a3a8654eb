import { fileURLToPath } from "node:url";

/** The default configurations in this directory, by containerd's version: see the README here. */
export const defaultConfigs: Readonly<Record<string, string>> = Object.fromEntries(
  ["1.7.35", "2.0.14", "2.1.9", "2.2.9", "2.3.7", "2.4.2"].map((version) => [
    version,
    Deno.readTextFileSync(fileURLToPath(new URL(`v${version}.toml`, import.meta.url))),
  ]),
);

/** The default configuration of a version. */
export function defaultConfig(version: string): string {
  const text = defaultConfigs[version];
  if (text === undefined) throw new Error(`There is no default configuration of containerd ${version}`);
  return text;
}
