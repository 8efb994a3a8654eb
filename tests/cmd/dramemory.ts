import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../cmd/main.ts", import.meta.url));

/** What a run of the program left. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program from its sources, without a color, its output kept; with more of an environment if given. */
export function startDramemory(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--node-modules-dir=manual", main, ...args],
    env: { NO_COLOR: "1", ...environment },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs the program to its end. */
export async function dramemory(...args: string[]): Promise<Finished> {
  return await finished(startDramemory(args));
}

/** Waits for the end of a started program. */
export async function finished(child: Deno.ChildProcess): Promise<Finished> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
