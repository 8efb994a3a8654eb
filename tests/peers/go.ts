import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { cacheDirectory } from "./_cache.ts";

/** A Go program whose module lies under tests/peers/. */
export interface GoProgram {
  /** Names the binary and its place in the cache. */
  readonly name: string;
  /** The module's directory. */
  readonly module: URL;
  /** The package to build; the module's own when absent. */
  readonly package?: string;
  /** A file beside `go.mod` to be used instead of it. */
  readonly moduleFile?: string;
  /** Build tags. */
  readonly tags?: readonly string[];
  /** Strings that the linker sets: `import/path.name=value`. */
  readonly linkedValues?: readonly string[];
  /** Whether it has C code, which takes a C compiler and makes a binary that is linked dynamically. */
  readonly cgo?: boolean;
  /** The version of Go that it takes, as `go1.27.3`, where the usual one is too old: fetched by the `go` command. */
  readonly toolchain?: string;
}

/** Go is missing, too old, or could not build a program. */
export class GoError extends Error {
  override name = "GoError";
}

/** The version of Go that a program takes beyond the usual one cannot be had: whoever can do without leaves it out. */
export class ToolchainError extends GoError {
  override name = "ToolchainError";
}

/** What k8s.io/kubernetes 1.36 and etcd 3.6 ask for in their `go.mod`. */
const minimumGo = { major: 1, minor: 26 };

/** The kube-apiserver takes three minutes on two cores; a slow machine with a cold module cache several more. */
const buildMilliseconds = 15 * 60_000;

/**
 * Builds a program unless the cache has it already, and resolves to the path of the binary. The cache lies outside
 * the checkout, by a digest of the sources. Rejects with {@link GoError}.
 */
export async function goBinary(program: GoProgram): Promise<string> {
  const directory = program.module.pathname;
  const toolchain = await toolchainOf(directory, program.toolchain);
  const args = [
    "build",
    "-trimpath",
    "-buildvcs=false",
    ...program.moduleFile === undefined ? [] : [`-modfile=${program.moduleFile}`],
    `-tags=${(program.tags ?? []).join(",")}`,
    `-ldflags=${["-s -w", ...(program.linkedValues ?? []).map((value) => `-X ${value}`)].join(" ")}`,
  ];
  const target = program.package ?? ".";
  const flags = [...program.cgo === true ? ["cgo"] : [], toolchain, Deno.build.arch, ...args, target];
  const digest = await digestOf(directory, program.moduleFile ?? "go.mod", flags);
  const binary = join(cacheDirectory(), `${program.name}-${digest}`, program.name);
  if (await exists(binary)) return binary;

  await Deno.mkdir(dirname(binary), { recursive: true });
  const unfinished = `${binary}.${Deno.pid}`;
  await run(directory, [...args, "-o", unfinished, target], program);
  await Deno.rename(unfinished, binary);
  return binary;
}

/**
 * Builds a program that a file of tests cannot do without, see {@link goBinary}. Throws a {@link GoError} that shows
 * as its plain sentence, without a stack.
 */
export async function requirePeer(program: GoProgram): Promise<string> {
  try {
    return await goBinary(program);
  } catch (error) {
    if (error instanceof GoError) error.stack = `${error.name}: ${error.message}`;
    throw error;
  }
}

/**
 * Resolves to the version of Go, as `go1.26.1`. It is asked inside the module, where the `go` command fetches a newer
 * toolchain by itself if it is allowed to (GOTOOLCHAIN). Rejects with {@link GoError} when it is missing or too old,
 * and with {@link ToolchainError} when a program's own cannot be fetched.
 */
async function toolchainOf(directory: string, own: string | undefined): Promise<string> {
  const { major, minor } = minimumGo;
  const wanted = `Building the real components takes Go ${major}.${minor} or newer (https://go.dev/dl)`;
  let version: string;
  try {
    const { success, stdout, stderr } = await new Deno.Command("go", {
      args: ["env", "GOVERSION"],
      cwd: directory,
      env: toolchainVariable(own),
      signal: AbortSignal.timeout(buildMilliseconds),
    }).output();
    if (!success && own !== undefined) {
      const why = new TextDecoder().decode(stderr).trim().replace(/\s+/g, " ");
      throw new ToolchainError(`Cannot get ${own}: ${why}`);
    }
    version = new TextDecoder().decode(stdout).trim();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new GoError(`${wanted}: there is none in PATH`, { cause });
  }
  const [, foundMajor = "0", foundMinor = "0"] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  const newEnough = Number(foundMajor) > major || Number(foundMajor) === major && Number(foundMinor) >= minor;
  if (!newEnough) throw new GoError(`${wanted}: the one in PATH is older`);
  return version;
}

function toolchainVariable(own: string | undefined): Record<string, string> {
  return own === undefined ? {} : { GOTOOLCHAIN: own };
}

async function run(
  directory: string,
  args: readonly string[],
  { name, cgo = false, toolchain }: GoProgram,
): Promise<void> {
  console.error(`Building ${name} (kept in ${cacheDirectory()})`);
  const { success, stderr } = await new Deno.Command("nice", {
    args: ["go", ...args],
    cwd: directory,
    env: { CGO_ENABLED: cgo ? "1" : "0", ...toolchainVariable(toolchain) },
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(buildMilliseconds),
  }).output();
  if (!success) throw new GoError(`Cannot build ${name}:\n${new TextDecoder().decode(stderr).slice(-4000)}`);
}

/** Digests what the binary is made of: the module's own files (dependencies stand in the module file's sums) and the flags. */
async function digestOf(directory: string, moduleFile: string, flags: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(flags));
  const moduleFiles = [moduleFile, moduleFile.replace(/mod$/, "sum")];
  const names = (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
  for (const name of names.filter((name) => name.endsWith(".go") || moduleFiles.includes(name)).sort()) {
    hash.update(JSON.stringify(name)).update(await Deno.readFile(join(directory, name)));
  }
  return hash.digest("hex").slice(0, 12);
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
