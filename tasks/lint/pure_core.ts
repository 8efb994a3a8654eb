import { fromRoot, importedFile, visitImports } from "./imports.ts";

/** Names of the world outside: its clock, chance, files, processes, network and logs. */
const forbidden = new Set(
  ("Deno process Date performance Temporal setTimeout setInterval setImmediate crypto fetch console require " +
    "globalThis self window eval Function WebSocket XMLHttpRequest Worker navigator localStorage").split(" "),
);

/** Of names that are fine otherwise, the one member that is not. */
const forbiddenMembers = new Map([["Math", "random"], ["AbortSignal", "timeout"]]);

/** The core has no I/O, no clock, no chance: it takes values and gives values. Names count, whatever stands behind. */
export const pureCore: Deno.lint.Rule = {
  create(context) {
    if (!fromRoot(context.filename).startsWith("core/")) return {};
    const report = (node: Deno.lint.Node, what: string) =>
      context.report({ node, message: `The core is pure: it must not use ${what}` });
    return {
      ...visitImports(context, (file, specifier) => {
        const imported = importedFile(file, specifier);
        const inside = imported !== undefined && /^core\/.+\.ts$/.test(fromRoot(imported));
        return inside ? undefined : `The core is pure: it must not import ${specifier}`;
      }),
      ImportExpression: (node) => report(node, "dynamic imports"),
      TSImportType: (node) => report(node, "types of dynamic imports"),
      MetaProperty: (node) => report(node, "import.meta"),
      Identifier(node) {
        if (isMerelyNamed(node)) return;
        if (forbidden.has(node.name)) return report(node, node.name);
        const member = forbiddenMembers.get(node.name);
        if (member === undefined) return;
        const use = memberOf(node);
        // Whatever else is done with Math, it could be done to get at its randomness.
        if (use === member || (use === undefined && node.name === "Math")) {
          report(node, `${node.name}.${member}`);
        }
      },
    };
  },
};

/** Whether it is a property of something else, or a key, and not a name of its own. */
function isMerelyNamed(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  switch (parent.type) {
    case "MemberExpression":
      return parent.property === node && !parent.computed;
    case "Property":
      return parent.key === node && parent.value !== node && !parent.computed;
    case "MethodDefinition":
    case "PropertyDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return parent.key === node && !parent.computed;
    default:
      return false;
  }
}

/** The name of the member that is taken of it. */
function memberOf(node: Deno.lint.Identifier): string | undefined {
  const { parent } = node;
  if (parent.type !== "MemberExpression" || parent.object !== node || parent.computed) return undefined;
  return parent.property.type === "Identifier" ? parent.property.name : undefined;
}
