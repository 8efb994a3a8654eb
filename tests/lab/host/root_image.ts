import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleChecks } from "./bundle.ts";
import { run } from "./command.ts";
import { compiler, compilerArguments } from "../../workload/compile.ts";

const lab = join(dirname(fileURLToPath(import.meta.url)), "..");

/** What a root file system is made of. */
export interface RootImageParts {
  /** A static busybox. */
  readonly busybox: string;
  /** The `dramemory` under test. */
  readonly dramemory: string;
  /** The checks to bring, see LabMachine. */
  readonly checks: readonly string[];
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
  for (const name of ["bin", "dev", "etc", "lab/checks", "proc", "run", "sys", "tmp"]) {
    await Deno.mkdir(join(root, name), { recursive: true });
  }
  await writeTools(join(root, "bin"), parts.busybox);
  await Deno.copyFile(join(lab, "guest/init"), join(root, "lab/init"));
  await run(compiler, compilerArguments(join(root, "lab/workload")));
  for (const [name, program] of [["deno", Deno.execPath()], ["dramemory", parts.dramemory]] as const) {
    await Deno.copyFile(program, join(root, "lab", name));
    await copyLibraries(program, root);
  }
  await bundleChecks(parts.checks, join(root, "lab/checks"));
  const image = join(directory, "root.ext2");
  await run("mke2fs", ["-q", "-t", "ext2", "-m", "0", "-d", root, image, "512M"]);
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

/** The loader and the libraries that a program names, at the same places. */
async function copyLibraries(program: string, root: string): Promise<void> {
  for (const [library] of (await run("ldd", [program])).matchAll(/\/\S+/g)) {
    if (library.endsWith(":")) continue;
    await Deno.mkdir(join(root, dirname(library)), { recursive: true });
    await Deno.copyFile(library, join(root, library));
  }
}
