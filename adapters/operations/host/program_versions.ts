import { HostCommandError, runOnHost } from "./host_commands.ts";
import type { HostCommand } from "./services.ts";

const milliseconds = 10_000;

/** What programs of the host say to `--version`, their first line; undefined for those that are not there. */
export async function programVersions<Name extends string>(
  names: readonly Name[],
  run: HostCommand = runOnHost,
): Promise<ReadonlyMap<Name, string | undefined>> {
  return new Map(await Promise.all(names.map(async (name) => [name, await versionOf(name, run)] as const)));
}

async function versionOf(name: string, run: HostCommand): Promise<string | undefined> {
  try {
    const { code, stdout } = await run([name, "--version"], milliseconds);
    return code === 0 ? stdout.trim().split("\n")[0] : undefined;
  } catch (error) {
    if (error instanceof HostCommandError) return undefined;
    throw error;
  }
}
