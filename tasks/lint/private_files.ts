import { basename, dirname } from "node:path";
import { fromRoot, importedFile, visitImports } from "./imports.ts";

/** A file that begins with `_` is its folder's own, which the folder's tests are part of. */
export const privateFiles: Deno.lint.Rule = {
  create: (context) =>
    visitImports(context, (file, specifier) => {
      const imported = importedFile(file, specifier);
      if (imported === undefined || !basename(imported).startsWith("_")) return undefined;
      const folder = dirname(fromRoot(imported));
      if ([folder, `tests/${folder}`].includes(dirname(fromRoot(file)))) return undefined;
      return `${fromRoot(file)} must not import ${
        fromRoot(imported)
      }: a file that begins with _ is imported from its ` +
        "own folder alone";
    }),
};
