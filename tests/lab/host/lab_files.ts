import { join } from "node:path";
import type { BootFiles } from "./boot.ts";
import { compiler, compilerArguments } from "../../workload/compile.ts";
import { LabError } from "../lab_error.ts";
import { run } from "./command.ts";
import { installMissing, unpackedPackage } from "./debian.ts";
import { type RootImageAdditions, writeRootImage } from "./root_image.ts";

const needs = {
  "qemu-system-x86_64": ["qemu-system-x86"],
  "gcc": ["gcc", "libc6-dev"],
  "mke2fs": ["e2fsprogs"],
};

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
}

/**
 * Gets and makes everything that a machine is booted with. The image is written to `directory`.
 *
 * Throws {@link LabError} when something is missing that only a person can provide.
 */
export async function prepareBoot(
  directory: string,
  { dramemory, checks, additions = [] }: LabContents,
): Promise<BootFiles> {
  await requireFile(dramemory);
  await installMissing(needs);
  const busybox = join(await unpackedPackage(cacheDirectory(), "busybox-static"), "bin/busybox");
  const kernel = await unpackedPackage(cacheDirectory(), "linux-image-cloud-amd64");
  const workload = await compileWorkload(directory);
  const made: RootImageAdditions[] = [];
  for (const make of additions) made.push(await make({ directory, workload }));
  const modules = await only(join(kernel, "lib/modules"), "");
  const parts = { busybox, dramemory, workload, checks };
  return {
    kernel: await only(join(kernel, "boot"), "vmlinuz-"),
    image: await writeRootImage(directory, {
      ...parts,
      additions: {
        programs: new Map(made.flatMap(({ programs }) => [...programs])),
        files: new Map(made.flatMap(({ files }) => [...files])),
        modules: [...new Set(made.flatMap((each) => each.modules))].map((path) => join(modules, path)),
        trees: new Map(made.flatMap(({ trees = new Map<string, string>() }) => [...trees])),
        gibibytes: made.reduce((sum, { gibibytes = 0 }) => sum + gibibytes, 0),
      },
    }),
  };
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
