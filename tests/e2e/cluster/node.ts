/** What a cluster's harness can restart on its node. */
export type NodeService = "kubelet" | "containerd";

const limitMilliseconds = 120_000;

/**
 * The shell command that restarts a service of the node, which the cluster's harness gives in E2E_RESTART_KUBELET and
 * E2E_RESTART_CONTAINERD; undefined where it cannot.
 */
export function restartCommand(service: NodeService): string | undefined {
  return Deno.env.get(`E2E_RESTART_${service.toUpperCase()}`);
}

/** Runs such a command. */
export async function restart(command: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", {
    args: ["-c", command],
    stdin: "null",
    signal: AbortSignal.timeout(limitMilliseconds),
  }).output();
  if (!success) throw new Error(`Cannot run ${command}: ${new TextDecoder().decode(stderr)}`);
}
