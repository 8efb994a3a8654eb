/** The page whose table says what `dramemory explain` says of each way in which a pod stays pending. */
const page = new URL("../../../docs/user/troubleshooting.md", import.meta.url);

const rows = new Map(
  (await Deno.readTextFile(page)).split("\n").flatMap((line) => {
    const [, way, says] = /^\| (.*?) +\| `(.*?)` +\|/.exec(line) ?? [];
    return way === undefined || says === undefined ? [] : [[way.replaceAll("`", ""), says] as const];
  }),
);

/** What the documentation has `explain` say of a way, `…` standing for anything. Throws where it has no such row. */
export function documentedWords(way: string): RegExp {
  const says = rows.get(way);
  if (says === undefined) throw new Error(`The documentation has no row for: ${way}`);
  return new RegExp(
    says.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*"),
  );
}
