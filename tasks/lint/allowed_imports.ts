import { fromRoot, importedFile, visitImports } from "./imports.ts";

/** A room of the tree, by how paths in it begin, and what it may import beside itself. */
interface Room {
  readonly name: RegExp;
  readonly mayImport: RegExp;
  readonly why: string;
}

/** What anything may import: values that belong to no side. */
const values = "core/values/";

/** From the most particular to the most general; what is in none of them may import everything. */
const rooms: readonly Room[] = [
  { name: /^core\//, mayImport: /^(?!)/, why: "the core imports nothing but itself" },
  {
    name: /^adapters\/shared\//,
    mayImport: new RegExp(`^${values}`),
    why: "helpers import nothing above them, and of the core its values alone",
  },
  {
    name: /^adapters\/protocols\/[^/]+\//,
    mayImport: /^(core|adapters\/shared)\//,
    why: "a protocol knows neither who speaks it nor other protocols",
  },
  {
    name: /^adapters\/driver\/[^/]+\//,
    mayImport: /^(core|adapters\/(shared|protocols))\//,
    why: "adapters do not import each other",
  },
  {
    name: /^adapters\/operations\/[^/]+\//,
    mayImport: /^(core|adapters\/(shared|protocols|driver\/(sysfs|cgroup|cdi)))\//,
    why: "adapters do not import each other, but for the driver's readers of the node",
  },
  {
    name: /^adapters\/simulator\//,
    mayImport: /^(core|adapters\/(shared|protocols))\//,
    why: "the simulator is the other side of the protocols, and knows nothing of the driver",
  },
];

/** Which room may import which: the arrows of docs/dev/architecture.md. */
export const allowedImports: Deno.lint.Rule = {
  create: (context) =>
    visitImports(context, (file, specifier) => {
      const imported = importedFile(file, specifier);
      if (imported === undefined) return undefined;
      const from = fromRoot(file), to = fromRoot(imported);
      const room = rooms.find(({ name }) => name.test(from));
      const [self = ""] = room?.name.exec(from) ?? [];
      if (room === undefined || to.startsWith(self) || room.mayImport.test(to)) return undefined;
      return `${from} must not import ${to}: ${room.why}`;
    }),
};
