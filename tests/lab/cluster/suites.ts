import { fileURLToPath } from "node:url";
import type { Cluster } from "./cluster.ts";

const suites = new URL("../../e2e/", import.meta.url);
const limitMilliseconds = 45 * 60_000;

/** Runs the end-to-end suites, all or those named (`hugepages`), against the cluster. Resolves to whether all is well. */
export async function runSuites(
  { kubeconfig, controlSocket, dramemory }: Cluster,
  names: readonly string[],
  interrupt: AbortSignal,
): Promise<boolean> {
  const files = names.length === 0
    ? (await Array.fromAsync(Deno.readDir(suites))).map(({ name }) => name).filter((name) =>
      name.endsWith(".e2e.ts")
    )
    : names.map((name) => `${name}.e2e.ts`);
  const control = fileURLToPath(new URL("node_control.ts", import.meta.url));
  const node = [Deno.execPath(), "run", "-A", "--no-check", control, controlSocket].join(" ");
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", ...files.sort().map((name) => fileURLToPath(new URL(name, suites)))],
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
