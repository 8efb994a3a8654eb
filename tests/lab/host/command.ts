import { LabError } from "../lab_error.ts";

/** A program that the lab needs did not do its work. */
export class CommandError extends LabError {
  override name = "CommandError";
}

/** With the places of mke2fs and its like, which only root has on its PATH. */
const searchPath = `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/sbin`;

/** Runs a program to its end and returns what it printed. Throws {@link CommandError} with its messages. */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly minutes?: number } = {},
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env: { PATH: searchPath },
    stdin: "null",
    signal: AbortSignal.timeout((options.minutes ?? 2) * 60_000),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  }).output();
  const text = new TextDecoder();
  if (code === 0) return text.decode(stdout);
  throw new CommandError(`Cannot run ${program} ${args.join(" ")}: exit ${code}\n${text.decode(stderr)}`);
}

/** What a directory of the PATH may be without harm. */
const unusable = [Deno.errors.NotFound, Deno.errors.NotADirectory, Deno.errors.PermissionDenied];

/** Whether a program of this name is on the PATH. */
export async function isInstalled(program: string): Promise<boolean> {
  for (const directory of searchPath.split(":")) {
    try {
      if ((await Deno.stat(`${directory}/${program}`)).isFile) return true;
    } catch (error) {
      if (!unusable.some((kind) => error instanceof kind)) throw error;
    }
  }
  return false;
}
