/** Something that the kind cluster takes is missing or failed; the message says what to do. */
export class KindError extends Error {
  override name = "KindError";
}

/** What the tasks run, and where a person gets it. */
const tools = [
  { name: "kind", install: "https://kind.sigs.k8s.io/docs/user/quick-start/#installation" },
  { name: "docker", install: "https://docs.docker.com/engine/install/" },
] as const;

const limitMilliseconds = 10 * 60_000;

/**
 * Checks that the tools are there and that Docker answers. Rejects with a {@link KindError} that names all that is
 * missing.
 */
export async function requireTools(): Promise<void> {
  const missing: string[] = [];
  for (const { name, install } of tools) {
    if (!await isInstalled(name)) missing.push(`${name} (install it: ${install})`);
  }
  if (missing.length > 0) {
    throw new KindError(`Cannot work with a kind cluster without ${missing.join(" and ")}`);
  }
  const { success, stderr } = await output("docker", ["info"]);
  if (success) return;
  const why = new TextDecoder().decode(stderr).trim();
  throw new KindError(`Cannot work with a kind cluster: Docker does not answer (start its daemon): ${why}`);
}

/** Runs a tool to its end and resolves to what it printed. Rejects with {@link KindError}. */
export async function runTool(name: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await output(name, args);
  const text = new TextDecoder();
  if (success) return text.decode(stdout);
  throw new KindError(`Cannot run ${name} ${args.join(" ")}:\n${text.decode(stderr)}`);
}

async function isInstalled(name: string): Promise<boolean> {
  try {
    await output(name, ["--version"]);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function output(name: string, args: string[]): Promise<Deno.CommandOutput> {
  return new Deno.Command(name, { args, stdin: "null", signal: AbortSignal.timeout(limitMilliseconds) })
    .output();
}
