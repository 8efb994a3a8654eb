/** What a cluster's harness can restart on its node. */
export type NodeService = "kubelet" | "containerd";

const limitMilliseconds = 120_000;

/** The node does one thing after the other. */
let last: Promise<unknown> = Promise.resolve();

/**
 * The shell command that restarts a service of the node, which the cluster's harness gives in E2E_RESTART_KUBELET and
 * E2E_RESTART_CONTAINERD; undefined where it cannot.
 */
export function restartCommand(service: NodeService): string | undefined {
  return Deno.env.get(`E2E_RESTART_${service.toUpperCase()}`);
}

/** Runs such a command. */
export function restart(command: string): Promise<void> {
  const done = last.then(() => runCommand(command));
  last = done.catch(() => {}); // told to whoever asked for it
  return done;
}

async function runCommand(command: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", {
    args: ["-c", command],
    stdin: "null",
    signal: AbortSignal.timeout(limitMilliseconds),
  }).output();
  if (!success) throw new Error(`Cannot run ${command}: ${new TextDecoder().decode(stderr)}`);
}

/** Whether the harness can run a line of shell on the cluster's one node; undefined where it cannot. */
export function nodeShell(): true | undefined {
  return Deno.env.get("E2E_ON_NODE") === undefined ? undefined : true;
}

/**
 * Runs a line of shell on the node, by the command that the harness gives in E2E_ON_NODE. Resolves to what it printed;
 * rejects with the same where it failed.
 */
export function onNode(line: string): Promise<string> {
  const done = last.then(() => runOnNode(line));
  last = done.catch(() => {}); // told to whoever asked for it
  return done;
}

async function runOnNode(line: string): Promise<string> {
  const { success, stdout } = await new Deno.Command("sh", {
    args: ["-c", `${Deno.env.get("E2E_ON_NODE")} "$1"`, "sh", line],
    stdin: "null",
    stderr: "inherit",
    signal: AbortSignal.timeout(limitMilliseconds),
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (!success) throw new Error(`Cannot run on the node: ${line}\n${text}`);
  return text;
}
