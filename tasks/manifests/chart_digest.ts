import { createHash } from "node:crypto";

/**
 * A digest of every file of a chart's directory but for its documentation, by which to tell whether what was rendered
 * from it is of this state.
 */
export async function chartDigest(chart: URL): Promise<string> {
  const hash = createHash("sha256");
  const names = (await filesBelow(chart, "")).filter((name) => !name.endsWith(".md"));
  for (const name of names.sort()) {
    const content = await Deno.readFile(new URL(name, chart));
    hash.update(JSON.stringify([name, content.length])).update(content);
  }
  return hash.digest("hex");
}

/** Their paths below the directory. */
async function filesBelow(directory: URL, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(prefix, directory))) {
    names.push(...isDirectory ? await filesBelow(directory, `${prefix}${name}/`) : [`${prefix}${name}`]);
  }
  return names;
}
