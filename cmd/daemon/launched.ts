/** How a runtime presents itself to a plugin that it starts: this is all of the plugin's environment. */
export interface Launch {
  readonly name: string;
  /** Two digits. */
  readonly index: string;
  /** The number of the open socket. */
  readonly descriptor: number;
}

/** How this process was started by a container runtime (NRI, "pre-installed plugins"); undefined when it was not. */
export function launch(): Launch | undefined {
  const name = Deno.env.get("NRI_PLUGIN_NAME");
  const index = Deno.env.get("NRI_PLUGIN_IDX");
  const socket = Deno.env.get("NRI_PLUGIN_SOCKET");
  if (name === undefined || index === undefined || socket === undefined) return undefined;
  return { name, index, descriptor: Number(socket) };
}

/**
 * The command line of a plugin that a runtime started, which gives it none: the daemon, with the flags that stand in
 * the plugin's configuration file, one on each line. Without such a file the daemon's defaults hold.
 */
export async function launchedArguments(
  { name, index }: Launch,
  directory = "/etc/nri/conf.d",
): Promise<string[]> {
  for (const file of [`${index}-${name}.conf`, `${name}.conf`]) {
    try {
      return ["daemon", ...parseFlags(await Deno.readTextFile(`${directory}/${file}`))];
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return ["daemon"];
}

/** One flag a line; empty lines and those that begin with # are left out. */
export function parseFlags(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
}
