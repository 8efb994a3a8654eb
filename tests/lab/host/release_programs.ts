import { basename, join } from "node:path";
import { run } from "./command.ts";
import { exists, installMissing } from "./debian.ts";
import { cacheDirectory } from "./lab_files.ts";

const needs = { mmdebstrap: ["mmdebstrap"], patchelf: ["patchelf"] };

const loader = "ld-linux-x86-64.so.2";

/** Programs of a release of Debian, which need not be that of this machine. */
export interface ReleasePrograms {
  /** What their directories are called by. */
  readonly name: string;
  readonly release: "trixie" | "sid";
  readonly packages: readonly string[];
  /** Where each is in an image, by its path in the packages. Their last parts differ. */
  readonly programs: ReadonlyMap<string, string>;
}

/**
 * Gets programs with the libraries of their release, beside those that a machine has for its others, and returns them all
 * by their paths in an image. Made once and kept in the cache.
 */
export async function releasePrograms(wanted: ReleasePrograms): Promise<ReadonlyMap<string, string>> {
  const { name, release, programs } = wanted;
  const directory = join(cacheDirectory(), `${name}-${release}`);
  if (!await exists(directory)) await make(wanted, directory);
  const places = new Map([...programs].map(([path, place]) => [basename(path), place]));
  const names = (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
  return new Map(
    names.map((each) => [places.get(each) ?? `${librariesOf(name)}/${each}`, join(directory, each)]),
  );
}

/** Where a machine has what they are linked with. */
function librariesOf(name: string): string {
  return `lab/${name}-libraries`;
}

async function make(
  { name, release, packages, programs }: ReleasePrograms,
  directory: string,
): Promise<void> {
  await installMissing(needs);
  console.log(`Downloading the ${name} of Debian ${release} into ${directory}`);
  await Deno.mkdir(cacheDirectory(), { recursive: true });
  const scratch = await Deno.makeTempDir({ dir: cacheDirectory(), prefix: "unpacking-" });
  try {
    const archive = join(scratch, "debian.tar"), root = join(scratch, "root"), made = join(scratch, "made");
    for (const each of [root, made]) await Deno.mkdir(each);
    await run("mmdebstrap", [
      // A mirror may be a snapshot, which says that it is not valid any more.
      ...["--quiet", "--variant=extract", '--aptopt=Acquire::Check-Valid-Until "false"'],
      ...['--aptopt=APT::Install-Recommends "false"', `--include=${packages.join(",")}`],
      ...[release, archive, "http://deb.debian.org/debian"],
    ], { minutes: 10 });
    await run("tar", ["-C", root, "-xf", archive]);
    const libraries = join(root, "usr/lib/x86_64-linux-gnu");
    for (const path of programs.keys()) {
      const program = join(made, basename(path));
      await Deno.copyFile(join(root, path), program);
      const linked = await run(join(libraries, loader), [
        ...["--library-path", `${libraries}:${join(libraries, "systemd")}`, "--list", program],
      ]);
      for (const [, library = ""] of linked.matchAll(/=> (\/\S+)/g)) {
        await Deno.copyFile(library, join(made, basename(library)));
      }
      await run("patchelf", ["--set-interpreter", `/${librariesOf(name)}/${loader}`, program]);
    }
    for await (const { name: each } of Deno.readDir(made)) {
      if (each === loader) continue;
      await run("patchelf", ["--force-rpath", "--set-rpath", `/${librariesOf(name)}`, join(made, each)]);
    }
    await Deno.rename(made, directory);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}
