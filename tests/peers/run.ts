/** How a program ended, and what it wrote. */
export interface Ended {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

const programMilliseconds = 120_000;

/** Runs a program to its end with a text to read, and ends it when it takes two minutes. */
export async function runToEnd(
  program: string,
  args: readonly string[],
  { stdin = "", cwd }: { readonly stdin?: string; readonly cwd?: string } = {},
): Promise<Ended> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(programMilliseconds),
    ...(cwd === undefined ? {} : { cwd }),
  }).spawn();
  // A program can end before it has read all of it.
  const written = new Blob([stdin]).stream().pipeTo(child.stdin).catch(() => {});
  const { success, stdout, stderr } = await child.output();
  await written;
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
