import { fileURLToPath } from "node:url";
import type { GoProgram } from "../_go.ts";

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

const helmMilliseconds = 60_000;

/** Values that stand in for those of the chart. */
export type Values = Readonly<Record<string, unknown>>;

/** Runs a command, with values if it takes some, and resolves to its output. Rejects with {@link HelmError}. */
export async function runHelm(binary: string, args: readonly string[], values?: Values): Promise<string> {
  const child = new Deno.Command(binary, {
    args: values === undefined ? [...args] : [...args, "--values=-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(helmMilliseconds),
  }).spawn();
  // JSON is YAML. Helm can end before it has read all of it.
  const written = new Blob([JSON.stringify(values ?? {})]).stream().pipeTo(child.stdin).catch(() => {});
  const { success, stdout, stderr } = await child.output();
  await written;
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new HelmError(`${decoder.decode(stdout)}${decoder.decode(stderr)}`.trim());
}

/** The oldest Kubernetes that the driver runs on. Without a cluster Helm would take its own library's version. */
const oldestKubernetes = "1.34.0";

/** Renders the chart as a release of a namespace, kube-system by default. Rejects with {@link HelmError}. */
export function renderChart(binary: string, values: Values = {}, namespace = "kube-system"): Promise<string> {
  const release = ["dramemory", fileURLToPath(chart), `--namespace=${namespace}`];
  return runHelm(binary, ["template", ...release, `--kube-version=${oldestKubernetes}`], values);
}
