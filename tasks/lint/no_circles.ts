import { fromRoot, importedFile, visitImports } from "./imports.ts";

/** Imports of each file that was looked into, for all files that are linted in one go. */
const known = new Map<string, readonly string[]>();

/** No file imports itself, through whichever others. Types count as well: it is the reader who goes in circles. */
export const noCircles: Deno.lint.Rule = {
  create: (context) =>
    visitImports(context, (file, specifier) => {
      const imported = importedFile(file, specifier);
      const way = imported === undefined ? undefined : wayBack(imported, file);
      if (way === undefined) return undefined;
      return `${
        [file, ...way].map(fromRoot).join(" imports ")
      }: declare what both use in a file that imports neither`;
    }),
};

/** The shortest way from one file to another along imports. */
function wayBack(from: string, to: string): string[] | undefined {
  const ways = [[from]];
  const seen = new Set([from]);
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const last = way.at(-1) ?? from;
    if (last === to) return way;
    for (const next of importsOf(last)) {
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}

function importsOf(file: string): readonly string[] {
  const found = known.get(file) ?? readImports(file);
  known.set(file, found);
  return found;
}

/** Comments are left out; the specifiers of imports are few and plain enough not to need a parser. */
function readImports(file: string): string[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  const code = text.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  return [...code.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].flatMap(([, specifier = ""]) =>
    importedFile(file, specifier) ?? []
  );
}
