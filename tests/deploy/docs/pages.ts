import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A Markdown file of the checkout. */
export interface Page {
  /** From the root, like `docs/user/metrics.md`. */
  readonly path: string;
  readonly text: string;
  /** What stands between backticks in prose and tables. */
  readonly codes: readonly string[];
  /** What a reader types: the lines behind a `$`, continued ones as one. */
  readonly commands: readonly string[];
}

/** Every page of the project. */
export const pages: readonly Page[] = await readPages();

/** The pages for whoever uses the driver. */
export const userPages: readonly Page[] = pages.filter(({ path }) =>
  path === "README.md" || path.startsWith("docs/user/") || path.startsWith("deploy/")
);

/** The page with this path. Throws when there is none. */
export function page(path: string): Page {
  const found = pages.find((page) => page.path === path);
  if (found === undefined) throw new Error(`There is no page ${path}`);
  return found;
}

/** The anchors of a text's headings, as GitHub makes them. */
export function anchorsOf(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replace(/[^\p{L}0-9 _-]/gu, "").replaceAll(" ", "-")
  );
}

/** A text without its blocks of code. */
export function withoutBlocks(text: string): string {
  return text.replace(/^( *)```[^]*?^\1```$/gm, "");
}

/** The TypeScript of the program, texts that are put together from several literals as one. */
export async function sources(): Promise<string> {
  const texts: string[] = [];
  for (const folder of ["core", "adapters", "cmd"]) {
    for await (const path of filesBelow(folder, /\.ts$/)) texts.push(await Deno.readTextFile(root + path));
  }
  return texts.join("\n").replace(/["'`]\s*\+\s*["'`]/g, "");
}

/** The paths below a folder of the checkout that match, as seen from the root. */
export async function* filesBelow(folder: string, pattern: RegExp): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(root + folder)) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory && !/^(node_modules|bin|\.git)$/.test(name)) yield* filesBelow(path, pattern);
    else if (!isDirectory && pattern.test(name)) yield path;
  }
}

async function readPages(): Promise<Page[]> {
  const found: Page[] = [];
  for await (const path of filesBelow("", /\.md$/)) {
    const text = await Deno.readTextFile(root + path);
    const codes = [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
    const joined = text.replace(/ *\\\n */g, " ");
    const commands = [...joined.matchAll(/^ *\$ (.*)$/gm)].map(([, line = ""]) => line);
    found.push({ path, text, codes, commands });
  }
  return found;
}
