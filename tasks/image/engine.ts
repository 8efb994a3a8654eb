import { ImageError } from "./image_error.ts";

/** What builds images from a Containerfile, the first that works is taken. */
export const engines = ["podman", "docker", "buildah"] as const;
export type Engine = typeof engines[number];

/** Whether a command line ended well, or "missing" when there is no such program. */
export type Try = (program: string, args: readonly string[]) => Promise<boolean | "missing">;

/**
 * The engine that is to build: the wanted one, else the first that is installed and answers. Docker's client alone
 * cannot build, as where its daemon does not run. Rejects with {@link ImageError}, which names what to install.
 */
export async function findEngine(wanted: string | undefined, attempt: Try): Promise<Engine> {
  const candidates = engines.filter((engine) => wanted === undefined || engine === wanted);
  if (candidates.length === 0) {
    throw new ImageError(`Cannot build by ${wanted}: --engine is one of ${engines.join(", ")}`);
  }
  const problems: string[] = [];
  for (const engine of candidates) {
    const answer = await attempt(engine, ["info"]);
    if (answer === true) return engine;
    problems.push(answer === "missing" ? `${engine} is not installed` : `"${engine} info" fails`);
  }
  throw new ImageError(
    `Cannot build an image: ${
      problems.join(", ")
    } (install podman, as by "apt-get install podman" or "dnf install podman"; or make an archive without any of them: deno task image-archive)`,
  );
}

/** Runs a program for its exit code alone. */
export async function tryProgram(program: string, args: readonly string[]): Promise<boolean | "missing"> {
  try {
    const { success } = await new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(30_000),
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    throw error;
  }
}
