import { join } from "node:path";
import { LabError } from "../lab_error.ts";
import { CommandError, isInstalled, run } from "./command.ts";

/** Programs (by name) and files (by path) that are used on the host, and the Debian packages that have them. */
export type HostNeeds = Readonly<Record<string, readonly string[]>>;

/** Installs what is missing on the host. Throws {@link LabError} where that cannot be done. */
export async function installMissing(needs: HostNeeds): Promise<void> {
  if (Deno.build.arch !== "x86_64" || Deno.build.os !== "linux") {
    throw new LabError(
      `Cannot run the lab on ${Deno.build.os} ${Deno.build.arch}: it needs x86_64 Linux`,
    );
  }
  const missing: string[] = [];
  for (const [need, packages] of Object.entries(needs)) {
    if (!await (need.startsWith("/") ? exists(need) : isInstalled(need))) missing.push(...packages);
  }
  if (missing.length === 0) return;
  const packages = missing.join(" ");
  if (!await isInstalled("apt-get")) {
    throw new LabError(
      `Cannot run the lab without Debian's ${packages}, and there is no apt-get to install them`,
    );
  }
  const args = ["install", "-y", "--no-install-recommends", ...missing];
  if (Deno.uid() !== 0) {
    throw new LabError(`Cannot install ${packages} without being root (sudo apt-get ${args.join(" ")})`);
  }
  console.log(`Installing ${packages}`);
  await refreshingLists(() => run("apt-get", args, { minutes: 10 }));
}

/**
 * A directory with the files of a Debian package, which is downloaded once and not installed.
 *
 * A package that has no files but only names another one, as `linux-image-cloud-amd64` does, is followed.
 * Delete the directory to have it downloaded anew. Throws {@link LabError} where apt cannot provide it.
 */
export async function unpackedPackage(cache: string, name: string): Promise<string> {
  const directory = join(cache, name);
  if (await exists(directory)) return directory;
  for (const program of ["apt-get", "dpkg-deb"]) {
    if (await isInstalled(program)) continue;
    throw new LabError(`Cannot get Debian's package ${name}: there is no ${program}`);
  }
  console.log(`Downloading ${name} into ${cache}`);
  await Deno.mkdir(cache, { recursive: true });
  const scratch = await Deno.makeTempDir({ dir: cache, prefix: "unpacking-" });
  try {
    await refreshingLists(async () =>
      run("apt-get", ["download", await packageWithFiles(name)], { cwd: scratch, minutes: 10 })
    );
    for await (const file of Deno.readDir(scratch)) {
      await run("dpkg-deb", ["-x", join(scratch, file.name), join(scratch, "files")]);
    }
    await Deno.rename(join(scratch, "files"), directory);
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause;
    throw new LabError(`Cannot get Debian's package ${name} by apt: ${cause.message}`, { cause });
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
  return directory;
}

/** Package lists may be missing, as in container images, or too old to be downloaded by. */
async function refreshingLists<T>(job: () => Promise<T>): Promise<T> {
  try {
    return await job();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (Deno.uid() !== 0) throw new CommandError(`${error.message}(does "sudo apt-get update" help?)`);
    await run("apt-get", ["update"], { minutes: 5 });
    return await job();
  }
}

async function packageWithFiles(name: string): Promise<string> {
  const dependencies = await run("apt-cache", ["depends", "--no-recommends", "--no-suggests", name]);
  const [, image] = /Depends: (linux-image-\S+)/.exec(dependencies) ?? [];
  return image ?? name;
}

/** Whether there is a file or a directory. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
