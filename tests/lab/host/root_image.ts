import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleChecks } from "./bundle.ts";
import { CommandError, run } from "./command.ts";

const lab = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Most of it is for what is written on a machine, and takes no room on the host before. */
const usualGibibytes = 2;
/** For so many gibibytes. */
const usualFiles = 16384;

/** What a root file system is made of. */
export interface RootImageParts {
  /** A static busybox. */
  readonly busybox: string;
  /** The `dramemory` under test. */
  readonly dramemory: string;
  /** The workload, static. */
  readonly workload: string;
  /** The checks to bring, see LabMachine. */
  readonly checks: readonly string[];
  readonly additions: Omit<RootImageAdditions, "modules">;
  /** Modules that each kernel loads at boot, by its release, in this order, as files. */
  readonly modules: ReadonlyMap<string, readonly string[]>;
}

/** What a root file system holds beyond what every machine of the lab needs. */
export interface RootImageAdditions {
  /** Executables by their path in the image, with the libraries of those that are linked dynamically. */
  readonly programs: ReadonlyMap<string, string>;
  /** Other files by their path in the image. */
  readonly files: ReadonlyMap<string, string>;
  /** Modules that the kernel loads at boot, in this order. */
  readonly modules: readonly string[];
  /** Archives by the directory in the image that they are unpacked into. */
  readonly trees?: ReadonlyMap<string, string>;
  /** How much more room than usual a machine needs. */
  readonly gibibytes?: number;
}

/**
 * Writes the root file system of the lab's machines as an ext2 image and returns its path.
 *
 * A disk and no initramfs: the executables are 100 MB each, of which a run reads a part, and the kernel has NVMe
 * and ext2 built in, so that it needs no module to mount this. Deno itself, the one that runs this, comes along
 * to run the checks.
 */
export async function writeRootImage(directory: string, parts: RootImageParts): Promise<string> {
  const root = join(directory, "root");
  for (const name of ["bin", "dev", "etc", "lab/checks", "lab/modules", "proc", "run", "sys", "tmp", "var"]) {
    await Deno.mkdir(join(root, name), { recursive: true });
  }
  await Deno.symlink("/run", join(root, "var/run"));
  // What a runtime copies for the containers that share the machine's network.
  await Deno.writeTextFile(join(root, "etc/hosts"), "127.0.0.1 localhost\n");
  await Deno.writeTextFile(join(root, "etc/resolv.conf"), "");
  await writeTools(join(root, "bin"), parts.busybox);
  for (
    const name of [
      "init",
      "run-machine",
      "own-cgroup",
      "until-true",
      "end-process",
      "containerd-node",
      "crio-node",
      "cluster-node",
      "no-network",
    ]
  ) {
    await Deno.copyFile(join(lab, "guest", name), join(root, "lab", name));
  }
  await Deno.copyFile(parts.workload, join(root, "lab/workload"));
  const { additions: { programs }, modules } = parts;
  const own = [["lab/deno", Deno.execPath()], ["lab/dramemory", parts.dramemory]] as const;
  for (const [path, program] of [...own, ...programs]) {
    await copy(program, join(root, path));
    await copyLibraries(program, root);
  }
  for (const [path, file] of parts.additions.files) await copy(file, join(root, path));
  for (const [path, archive] of parts.additions.trees ?? []) {
    await Deno.mkdir(join(root, path), { recursive: true });
    await run("tar", ["-C", join(root, path), "-xpf", archive], { minutes: 5 });
  }
  for (const [release, files] of modules) {
    for (const [index, module] of files.entries()) {
      const name = `${`${index}`.padStart(2, "0")}-${basename(module)}`;
      await copy(module, join(root, "lab/modules", release, name));
    }
  }
  await bundleChecks(parts.checks, join(root, "lab/checks"));
  const image = join(directory, "root.ext2");
  const gibibytes = usualGibibytes + (parts.additions.gibibytes ?? 0);
  const files = `${usualFiles * gibibytes / usualGibibytes}`;
  await run("mke2fs", ["-q", "-t", "ext2", "-m", "0", "-N", files, "-d", root, image, `${gibibytes}G`], {
    minutes: 10,
  });
  await Deno.remove(root, { recursive: true });
  return image;
}

async function writeTools(directory: string, busybox: string): Promise<void> {
  await Deno.copyFile(busybox, join(directory, "busybox"));
  const applets = (await run(busybox, ["--list"])).trim().split("\n");
  for (const applet of applets.filter((name) => name !== "busybox")) {
    await Deno.symlink("busybox", join(directory, applet));
  }
}

/** The loader and the libraries that a program names, at the same places; none where it is static. */
async function copyLibraries(program: string, root: string): Promise<void> {
  for (const [library] of (await librariesOf(program)).matchAll(/\/\S+/g)) {
    if (!library.endsWith(":")) await copy(library, join(root, library));
  }
}

async function librariesOf(program: string): Promise<string> {
  try {
    return await run("ldd", [program]);
  } catch (error) {
    if (error instanceof CommandError && error.message.includes("not a dynamic executable")) return "";
    throw error;
  }
}

async function copy(source: string, target: string): Promise<void> {
  await Deno.mkdir(dirname(target), { recursive: true });
  await Deno.copyFile(source, target);
}
