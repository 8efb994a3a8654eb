import { basename, join } from "node:path";
import { run } from "./command.ts";
import { exists, installMissing } from "./debian.ts";
import { cacheDirectory } from "./lab_files.ts";

const needs = { mmdebstrap: ["mmdebstrap"], patchelf: ["patchelf"] };

/** Where a machine has what this crun is linked with, beside its own libraries. */
const place = "lab/crun-libraries";

/**
 * The crun of a release of Debian, with the libraries of that release, by their paths in an image. Made once and kept in
 * the cache. That of Debian 12 (1.8.1) does not do: it takes no container of a runtime that writes a newer version of the
 * OCI specification than 1.0, as containerd 2 and CRI-O do ("unknown version specified").
 */
export async function debianCrun(release: "trixie" | "sid"): Promise<ReadonlyMap<string, string>> {
  const directory = join(cacheDirectory(), `crun-${release}`);
  if (!await exists(directory)) await make(release, directory);
  const names = (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
  return new Map(
    names.map((name) => [name === "crun" ? "lab/crun" : `${place}/${name}`, join(directory, name)]),
  );
}

async function make(release: string, directory: string): Promise<void> {
  await installMissing(needs);
  console.log(`Downloading the crun of Debian ${release} into ${directory}`);
  await Deno.mkdir(cacheDirectory(), { recursive: true });
  const scratch = await Deno.makeTempDir({ dir: cacheDirectory(), prefix: "unpacking-" });
  try {
    const archive = join(scratch, "debian.tar"), root = join(scratch, "root"), made = join(scratch, "made");
    for (const each of [root, made]) await Deno.mkdir(each);
    await run("mmdebstrap", [
      // A mirror may be a snapshot, which says that it is not valid any more.
      ...["--quiet", "--variant=extract", '--aptopt=Acquire::Check-Valid-Until "false"'],
      ...['--aptopt=APT::Install-Recommends "false"', "--include=crun"],
      ...[release, archive, "http://deb.debian.org/debian"],
    ], { minutes: 10 });
    await run("tar", ["-C", root, "-xf", archive]);
    const libraries = join(root, "usr/lib/x86_64-linux-gnu"),
      loader = join(libraries, "ld-linux-x86-64.so.2");
    const program = join(made, "crun");
    await Deno.copyFile(join(root, "usr/bin/crun"), program);
    const linked = await run(loader, ["--library-path", libraries, "--list", program]);
    for (const [, library = ""] of linked.matchAll(/=> (\/\S+)/g)) {
      await Deno.copyFile(library, join(made, basename(library)));
    }
    await run("patchelf", [
      ...["--force-rpath", "--set-rpath", `/${place}`, "--set-interpreter", `/${place}/${basename(loader)}`],
      program,
    ]);
    await Deno.rename(made, directory);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}
