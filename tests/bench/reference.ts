import { join } from "node:path";

/** Another build of the driver could not be made; the message says why. */
export class ReferenceBuildError extends Error {
  override name = "ReferenceBuildError";
}

/**
 * Builds the driver of a commit, with the Deno that runs this, in a directory of its own. `DENORT_BIN` is handed on.
 * Throws {@link ReferenceBuildError}, also for a commit that is built with another Deno: measure its executable by `--vs`.
 */
export async function buildCommit(revision: string, directory: string): Promise<string> {
  const checkout = join(directory, "reference");
  await Deno.mkdir(checkout);
  const archive = join(directory, "reference.tar");
  await run(".", "git", ["archive", "--output", archive, revision]);
  await run(checkout, "tar", ["-xf", archive]);
  const pinned = await pinOf(checkout);
  if (pinned !== Deno.version.deno) {
    throw new ReferenceBuildError(
      `Cannot build ${revision} here: it takes Deno ${pinned ?? "of before .deno-version"}, this is ` +
        `${Deno.version.deno} (build it with its own, and name the executable with --vs)`,
    );
  }
  await run(checkout, Deno.execPath(), ["install", "--frozen", "--quiet"]);
  await run(checkout, Deno.execPath(), ["task", "build"]);
  return join(checkout, "bin/dramemory");
}

async function pinOf(checkout: string): Promise<string | undefined> {
  try {
    return (await Deno.readTextFile(join(checkout, ".deno-version"))).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function run(cwd: string, command: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  throw new ReferenceBuildError(
    `Cannot build the reference: ${command} ${args.join(" ")} failed: ${
      new TextDecoder().decode(stderr).slice(-2_000)
    }`,
  );
}
