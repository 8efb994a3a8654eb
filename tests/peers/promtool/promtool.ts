import type { GoProgram } from "../go.ts";
import { runToEnd } from "../run.ts";

/** Prometheus's own tool, which checks and tests files of rules. */
export const promtoolProgram: GoProgram = {
  name: "promtool",
  module: new URL("./", import.meta.url),
  package: "github.com/prometheus/prometheus/cmd/promtool",
  // What finds targets in clouds, most of what it is made of.
  tags: ["remove_all_sd"],
};

/** A rule that raises an alert or records the value of an expression. */
export type Rule = Readonly<Record<string, unknown>> & { readonly expr: string };

/**
 * What Prometheus has against rules: their expressions, names and the templates of their annotations. Empty when it
 * takes them.
 */
export async function problemsOf(promtool: string, rules: readonly Rule[]): Promise<string> {
  return await withFiles({ "rules.yaml": { groups: [{ name: "rules", rules }] } }, async (path) => {
    const { success, stderr } = await runToEnd(promtool, [
      "check",
      "rules",
      "--lint=none",
      path("rules.yaml"),
    ]);
    return success ? "" : stderr;
  });
}

/** Tests rules as `promtool test rules` does; resolves to what went otherwise than expected, empty when nothing did. */
export async function failuresOf(
  promtool: string,
  rules: readonly Rule[],
  tests: readonly unknown[],
): Promise<string> {
  const files = {
    "rules.yaml": { groups: [{ name: "rules", rules }] },
    "tests.yaml": { rule_files: ["rules.yaml"], evaluation_interval: "1m", tests },
  };
  return await withFiles(files, async (path) => {
    const { success, stdout, stderr } = await runToEnd(promtool, ["test", "rules", path("tests.yaml")]);
    return success ? "" : `${stdout}${stderr}`;
  });
}

/** JSON is YAML. */
async function withFiles<T>(
  files: Readonly<Record<string, unknown>>,
  use: (path: (name: string) => string) => Promise<T>,
): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: "dramemory-rules-" });
  const path = (name: string) => `${directory}/${name}`;
  try {
    for (const [name, content] of Object.entries(files)) {
      await Deno.writeTextFile(path(name), JSON.stringify(content));
    }
    return await use(path);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
