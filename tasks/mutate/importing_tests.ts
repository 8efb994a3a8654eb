/** What is used here of what `deno info --json` says about a module and all that it imports. */
export interface ModuleGraph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      /** Missing for what types alone are imported from: such a module is not loaded when tests run. */
      readonly code?: { readonly specifier?: string };
    }[];
  }[];
}

/** The test files that import a module, by however many others, the nearest first; both by their specifiers. */
export function importingTests({ modules }: ModuleGraph, module: string): string[] {
  const importers = new Map<string, string[]>();
  for (const { specifier, dependencies = [] } of modules) {
    for (const { code } of dependencies) {
      if (code?.specifier === undefined) continue;
      importers.set(code.specifier, [...importers.get(code.specifier) ?? [], specifier]);
    }
  }
  const reached = new Set([module]);
  for (const specifier of reached) {
    for (const importer of importers.get(specifier) ?? []) reached.add(importer);
  }
  return [...reached].filter((specifier) => specifier.endsWith("_test.ts"));
}
