import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A path as seen from the checkout, with forward slashes. */
export function fromRoot(path: string): string {
  return path.startsWith(root) ? path.slice(root.length) : path;
}

/** The file that a relative specifier leads to, as an absolute path; undefined for a package. */
export function importedFile(importer: string, specifier: string): string | undefined {
  return /^\.\.?\//.test(specifier) ? resolve(dirname(importer), specifier) : undefined;
}

type Source = { readonly value: unknown } | null | undefined;

/** Reports what one import of a file is found to do wrong, wherever a specifier can stand. */
export function visitImports(
  context: Deno.lint.RuleContext,
  problemOf: (file: string, specifier: string) => string | undefined,
): Deno.lint.LintVisitor {
  const look = (node: Deno.lint.Node, source: Source) => {
    if (typeof source?.value !== "string") return;
    const message = problemOf(context.filename, source.value);
    if (message !== undefined) context.report({ node, message });
  };
  return {
    ImportDeclaration: (node) => look(node, node.source),
    ExportNamedDeclaration: (node) => look(node, node.source),
    ExportAllDeclaration: (node) => look(node, node.source),
    ImportExpression: (node) => look(node, node.source.type === "Literal" ? node.source : undefined),
  };
}
