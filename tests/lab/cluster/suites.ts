import { fileURLToPath } from "node:url";
import { isThere } from "../../../adapters/shared/files/is_there.ts";
import { LabError } from "../lab_error.ts";
import type { Cluster } from "./cluster.ts";

const suites = new URL("../../e2e/", import.meta.url);
const ending = ".e2e.ts";
const limitMilliseconds = 45 * 60_000;

/**
 * The files of the suites that are named (`hugepages`, `gates/NAME`), or of all beside each other. Throws
 * {@link LabError} for one that there is not.
 */
export async function suiteFiles(names: readonly string[]): Promise<string[]> {
  const known = (await Array.fromAsync(Deno.readDir(suites))).map(({ name }) => name)
    .filter((name) => name.endsWith(ending)).sort();
  if (names.length === 0) return known;
  for (const name of names) {
    if (await isThere(fileURLToPath(new URL(`${name}${ending}`, suites)))) continue;
    const all = known.map((file) => file.slice(0, -ending.length)).join(", ");
    throw new LabError(
      `Cannot run the suite ${name}: there are ${all}, and those of the folders beside them`,
    );
  }
  return names.map((name) => `${name}${ending}`).sort();
}

/** Runs suites by their files against the cluster. Resolves to whether all is well. */
export async function runSuites(
  { kubeconfig, controlSocket, dramemory }: Cluster,
  files: readonly string[],
  interrupt: AbortSignal,
): Promise<boolean> {
  const control = fileURLToPath(new URL("node_control.ts", import.meta.url));
  const node = [Deno.execPath(), "run", "-A", "--no-check", control, controlSocket].join(" ");
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", ...files.map((name) => fileURLToPath(new URL(name, suites)))],
    env: {
      KUBECONFIG: kubeconfig,
      E2E_PATIENCE: "3",
      E2E_LEAVE_NOTHING_OUT: "1",
      E2E_RESTART_KUBELET: `${node} restart kubelet`,
      E2E_RESTART_CONTAINERD: `${node} restart runtime`,
      E2E_ON_NODE: `${node} run`,
      E2E_DRAMEMORY: dramemory,
    },
    stdin: "null",
    signal: AbortSignal.any([interrupt, AbortSignal.timeout(limitMilliseconds)]),
  }).spawn().status;
  return success;
}
