import { Buffer } from "node:buffer";
import { bundle } from "./bundle.ts";
import { type Architecture, ElfError, parseElf } from "./image/elf.ts";

/** What this project is compiled with: the one version whose runtime is put into the executable. */
export const pinnedDeno = Deno.readTextFileSync(new URL("../.deno-version", import.meta.url)).trim();

/** An executable could not be made; the message says what to do. */
export class ExecutableError extends Error {
  override name = "ExecutableError";
}

/** What an executable is made from. */
export interface ExecutableOptions {
  /** The program's file. */
  readonly entry: string;
  /** The executable's absolute path. */
  readonly output: string;
  /** Constants that are put in. */
  readonly define: Readonly<Record<string, string>>;
  /** That of this machine unless it is told. */
  readonly architecture?: Architecture;
}

/** What Deno calls each architecture. */
const targets: Readonly<Record<Architecture, string>> = {
  amd64: "x86_64-unknown-linux-gnu",
  arm64: "aarch64-unknown-linux-gnu",
};

/** The architecture of this machine. */
export const ownArchitecture: Architecture = Deno.build.arch === "aarch64" ? "arm64" : "amd64";

/**
 * Bundles a program with esbuild, then compiles the bundle.
 *
 * Bundling first is what keeps the executable small and its start quick; it also leaves only the code that is
 * used of each npm package. What is imported by `import()` alone is loaded, and takes memory, only when it is
 * needed. `DENORT_BIN`, Deno's own variable, can name the runtime to put it on, which Deno takes as it is: one of another
 * architecture is refused here. Throws {@link ExecutableError}.
 */
export async function makeExecutable(
  { entry, output, define, architecture = ownArchitecture }: ExecutableOptions,
): Promise<void> {
  if (Deno.version.deno !== pinnedDeno) {
    throw new ExecutableError(
      `Cannot build with Deno ${Deno.version.deno}: this project is compiled with ${pinnedDeno}, as in\n` +
        `  npx -y deno@${pinnedDeno} task build`,
    );
  }
  const runtime = Deno.env.get("DENORT_BIN");
  if (runtime !== undefined) await checkRuntime(runtime, architecture);
  const directory = await Deno.makeTempDir({ prefix: "dramemory-build-" });
  try {
    await bundle(entry, directory, define);
    await compile(directory, output, targets[architecture]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/**
 * Throws {@link ExecutableError} for a runtime of another architecture than is wanted or of another Deno, which would be
 * compiled with all the same and not start, and for a file that is none.
 */
export async function checkRuntime(path: string, wanted: Architecture): Promise<void> {
  try {
    const runtime = await Deno.readFile(path), { architecture } = parseElf(runtime);
    if (architecture === wanted && isOfPinnedDeno(runtime)) return;
    const what = architecture === wanted ? "of another Deno" : `for ${architecture}`;
    throw new ExecutableError(
      `Cannot build for ${wanted}: DENORT_BIN names a runtime ${what}: ${path}\n` +
        `Set it to the denort of Deno ${pinnedDeno} for ${wanted}, or unset it where Deno can download that.`,
    );
  } catch (cause) {
    if (!(cause instanceof ElfError || cause instanceof Deno.errors.NotFound)) throw cause;
    throw new ExecutableError(`Cannot use DENORT_BIN as a runtime: ${path}: ${cause.message}`, { cause });
  }
}

/** Whether a runtime calls itself so towards servers, as each does. Others stand in it as well: of telemetry, of npm. */
function isOfPinnedDeno(runtime: Uint8Array): boolean {
  return Buffer.from(runtime.buffer, runtime.byteOffset, runtime.length).includes(`Deno/${pinnedDeno}`);
}

/** A small heap, and one that gives back what it does not need: see docs/dev/performance.md. */
const v8Flags = [
  // For `adapters/driver/process_memory/give_back.ts`.
  "--expose-gc",
  // Pages that are freed would wait in a pool for work that does not come.
  "--no-memory-pool",
  // In mebibytes, a quarter of what V8 takes: most of what a call makes is garbage when the call is over.
  "--max-semi-space-size=4",
];

/** Reading /proc and /sys and writing cgroup files takes all permissions in Deno, whatever finer ones are given. */
async function compile(directory: string, output: string, target: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    cwd: directory,
    args: [
      "compile",
      "-A",
      "--no-check",
      "--node-modules-dir=none",
      "--no-config",
      `--target=${target}`,
      `--v8-flags=${v8Flags.join(",")}`,
      "--output",
      output,
      "main.js",
    ],
    stderr: "piped",
  }).output();
  if (success) return;
  const text = new TextDecoder().decode(stderr);
  const hint = /download|dl\.deno\.land|denort/i.test(text)
    ? "Deno could not get the runtime that it puts into executables. Either let it reach dl.deno.land,\n" +
      `or set DENORT_BIN to the denort of Deno ${pinnedDeno}, copied from a machine that has it.`
    : "";
  throw new ExecutableError(`${text}\n${hint}`.trim());
}
