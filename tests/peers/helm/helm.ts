import { fileURLToPath } from "node:url";
import type { GoProgram } from "../go.ts";
import { runToEnd } from "../run.ts";

/** The `helm` command. */
export const helmProgram: GoProgram = {
  name: "helm",
  module: new URL("./", import.meta.url),
  package: "helm.sh/helm/v4/cmd/helm",
};

/** Where the chart is. */
export const chart = new URL("../../../deploy/helm/dramemory/", import.meta.url);

/** Helm refused. The message is what it printed. */
export class HelmError extends Error {
  override name = "HelmError";
}

/** Values that stand in for those of the chart. */
export type Values = Readonly<Record<string, unknown>>;

/** Runs a command, with values if it takes some, and resolves to its output. Rejects with {@link HelmError}. */
export async function runHelm(binary: string, args: readonly string[], values?: Values): Promise<string> {
  const { success, stdout, stderr } = values === undefined
    ? await runToEnd(binary, args)
    // JSON is YAML.
    : await runToEnd(binary, [...args, "--values=-"], { stdin: JSON.stringify(values) });
  if (success) return stdout;
  throw new HelmError(`${stdout}${stderr}`.trim());
}

/** The oldest Kubernetes that the driver runs on. Without a cluster Helm would take its own library's version. */
const oldestKubernetes = "1.34.0";

/**
 * Renders what the chart installs as a release of a namespace, kube-system by default, without what `helm test` makes.
 * Rejects with {@link HelmError}.
 */
export function renderChart(binary: string, values: Values = {}, namespace = "kube-system"): Promise<string> {
  return render(binary, values, [`--namespace=${namespace}`, "--skip-tests"]);
}

/** Renders what `helm test` makes. Rejects with {@link HelmError}. */
export function renderChartTest(binary: string, values: Values = {}): Promise<string> {
  return render(binary, values, ["--namespace=kube-system", "--show-only=templates/tests/claim.yaml"]);
}

function render(binary: string, values: Values, args: readonly string[]): Promise<string> {
  const chartOf = ["template", "dramemory", fileURLToPath(chart), `--kube-version=${oldestKubernetes}`];
  return runHelm(binary, [...chartOf, ...args], values);
}
