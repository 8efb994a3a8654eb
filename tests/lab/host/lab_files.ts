import { basename, join } from "node:path";
import type { BootFiles } from "./boot.ts";
import { compiler, compilerArguments } from "../../workload/compile.ts";
import { LabError } from "../lab_error.ts";
import type { LabMachine } from "../machines.ts";
import { run } from "./command.ts";
import { exists, installMissing, unpackedPackage } from "./debian.ts";
import { type RootImageAdditions, writeRootImage } from "./root_image.ts";

const needs = {
  "qemu-system-x86_64": ["qemu-system-x86"],
  "gcc": ["gcc", "libc6-dev"],
  "mke2fs": ["e2fsprogs"],
};

/** Debian's package of a kernel for virtual machines. */
const stockKernel = "linux-image-cloud-amd64";

/** Where downloads stay, outside of the checkout. Deleting it is fine while no lab runs. */
export function cacheDirectory(): string {
  const caches = Deno.env.get("XDG_CACHE_HOME") ?? join(Deno.env.get("HOME") ?? "/tmp", ".cache");
  return join(caches, "dramemory-lab");
}

/** What {@link RootImageAdditions} are made of. */
export interface AdditionSources {
  /** For what is made. */
  readonly directory: string;
  /** The workload, static. */
  readonly workload: string;
}

/** Makes what a root file system holds beyond the lab's own. `modules` are paths below `/lib/modules/<version>`. */
export type MakeAdditions = (sources: AdditionSources) => Promise<RootImageAdditions>;

/** What goes into a root file system. */
export interface LabContents {
  /** The `dramemory` under test. */
  readonly dramemory: string;
  /** The checks to bring, see LabMachine. */
  readonly checks: readonly string[];
  readonly additions?: readonly MakeAdditions[];
  /** The machines that are to boot with it, as far as they need another kernel than the stock one. */
  readonly machines?: readonly Pick<LabMachine, "oldestKernel">[];
}

/**
 * Gets and makes everything that a machine is booted with. The image is written to `directory`.
 *
 * Throws {@link LabError} when something is missing that only a person can provide.
 */
export async function prepareBoot(
  directory: string,
  { dramemory, checks, additions = [], machines = [] }: LabContents,
): Promise<BootFiles> {
  await requireFile(dramemory);
  await installMissing(needs);
  const busybox = join(await unpackedPackage(cacheDirectory(), "busybox-static"), "bin/busybox");
  const kernel = await unpackedPackage(cacheDirectory(), stockKernel);
  const workload = await compileWorkload(directory);
  const made: RootImageAdditions[] = [];
  for (const make of additions) made.push(await make({ directory, workload }));
  const newer = new Set(machines.flatMap(({ oldestKernel }) => oldestKernel ?? []));
  const kernels = [kernel, ...await Promise.all([...newer].map(newerKernel))];
  const modules = [...new Set(made.flatMap((each) => each.modules))];
  const parts = { busybox, dramemory, workload, checks };
  return {
    kernel: await only(join(kernel, "boot"), "vmlinuz-"),
    image: await writeRootImage(directory, {
      ...parts,
      modules: new Map(await Promise.all(kernels.map((unpacked) => modulesOf(unpacked, modules, directory)))),
      additions: {
        programs: new Map(made.flatMap(({ programs }) => [...programs])),
        files: new Map(made.flatMap(({ files }) => [...files])),
        trees: new Map(made.flatMap(({ trees = new Map<string, string>() }) => [...trees])),
        gibibytes: made.reduce((sum, { gibibytes = 0 }) => sum + gibibytes, 0),
      },
    }),
  };
}

/**
 * The files with the kernel that a machine needs: the stock one, or where that is too old the newer one that Debian has for
 * the same release (backports).
 */
export async function withKernelFor({ oldestKernel }: LabMachine, files: BootFiles): Promise<BootFiles> {
  if (oldestKernel === undefined || isAtLeast(files.kernel, oldestKernel)) return files;
  return { ...files, kernel: await only(join(await newerKernel(oldestKernel), "boot"), "vmlinuz-") };
}

function newerKernel(version: string): Promise<string> {
  return unpackedPackage(cacheDirectory(), `linux-image-${version}-cloud-amd64`);
}

/** The release of an unpacked kernel, and the files of its modules. Newer ones are compressed, which busybox cannot load. */
async function modulesOf(
  kernel: string,
  modules: readonly string[],
  directory: string,
): Promise<[release: string, files: string[]]> {
  const own = await only(join(kernel, "lib/modules"), ""), release = basename(own);
  const files: string[] = [];
  for (const [index, path] of modules.entries()) {
    const compressed = join(own, `${path}.xz`);
    if (!await exists(compressed)) {
      files.push(join(own, path));
      continue;
    }
    const copy = join(directory, `${release}-${index}-${basename(path)}`);
    await Deno.copyFile(compressed, `${copy}.xz`);
    await run("xz", ["--decompress", "--force", `${copy}.xz`]);
    files.push(copy);
  }
  return [release, files];
}

/** Whether `vmlinuz-6.1.0-56-cloud-amd64` is of a version `6.12` or a newer one. */
function isAtLeast(kernel: string, version: string): boolean {
  const [, major = 0, minor = 0] = /vmlinuz-(\d+)\.(\d+)/.exec(kernel)?.map(Number) ?? [];
  const [wantedMajor = 0, wantedMinor = 0] = version.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

async function compileWorkload(directory: string): Promise<string> {
  const program = join(directory, "workload");
  await run(compiler, compilerArguments(program));
  return program;
}

async function requireFile(dramemory: string): Promise<void> {
  try {
    await Deno.stat(dramemory);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new LabError(`Cannot find ${dramemory}: the lab runs the built executable (deno task build)`, {
      cause,
    });
  }
}

/** The entry of a directory of the unpacked kernel whose name begins so. */
async function only(directory: string, prefix: string): Promise<string> {
  for await (const { name } of Deno.readDir(directory)) {
    if (name.startsWith(prefix)) return join(directory, name);
  }
  throw new LabError(
    `Cannot find a kernel in ${directory} (delete the directory to have it downloaded anew)`,
  );
}
