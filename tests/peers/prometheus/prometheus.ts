import type { GoProgram } from "../go.ts";
import { runToEnd } from "../run.ts";

/** Prometheus's own check of files with rules. */
export const prometheusProgram: GoProgram = {
  name: "prometheus-rules",
  module: new URL("./", import.meta.url),
};

/** A rule that raises an alert or records the value of an expression. */
export type Rule = Readonly<Record<string, unknown>> & { readonly expr: string };

/** What Prometheus has against rules: their expressions, names and the templates of their annotations. */
export async function problemsOf(binary: string, rules: readonly Rule[]): Promise<string[]> {
  // JSON is YAML.
  const file = JSON.stringify({ groups: [{ name: "rules", rules }] });
  const { success, stdout, stderr } = await runToEnd(binary, [], { stdin: file });
  if (!success) throw new Error(`Cannot check rules: ${stderr}`);
  return stdout.split("\n").filter((line) => line !== "");
}
