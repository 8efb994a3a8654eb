import { createHash } from "node:crypto";
import { join } from "node:path";
import { run } from "./command.ts";
import { installMissing } from "./debian.ts";
import { cacheDirectory, type MakeAdditions } from "./lab_files.ts";
import type { RootImageAdditions } from "./root_image.ts";

const needs = { mmdebstrap: ["mmdebstrap"] };

/** What of Debian's packages no check needs, and takes much room. */
const superfluous = [
  "usr/libexec/qemu-system-i386",
  "usr/bin/qemu-system-x86_64-microvm",
  "usr/lib/x86_64-linux-gnu/libLLVM*",
  "usr/lib/x86_64-linux-gnu/libz3*",
  "usr/lib/jvm/*/lib/ct.sym",
  "usr/share/i18n",
  "var/cache/apt",
  "var/lib/apt",
];

/**
 * Programs out of Debian's packages, as they are installed, below `/lab/debian` of a machine. Made once and kept in the
 * cache, about 600 MB. To unpack an image of that size takes an emulated machine seven minutes.
 */
export function debianPrograms(packages: readonly string[]): MakeAdditions {
  return async (): Promise<RootImageAdditions> => {
    const trees = new Map([["lab/debian", await rootFileSystem(packages)]]);
    return { programs: new Map(), files: new Map(), modules: [], trees, gibibytes: 2 };
  };
}

/** A tar of Debian with these packages. */
async function rootFileSystem(packages: readonly string[]): Promise<string> {
  const id = createHash("sha256").update(JSON.stringify([packages, superfluous])).digest("hex").slice(0, 12);
  const path = join(cacheDirectory(), `debian-programs-${id}.tar`);
  if (await exists(path)) return path;
  await installMissing(needs);
  console.log(`Installing ${packages.join(", ")} into ${path}`);
  await Deno.mkdir(cacheDirectory(), { recursive: true });
  const unfinished = path.replace(/tar$/, `${Deno.pid}.tar`);
  await run("mmdebstrap", [
    ...["--quiet", "--variant=minbase", '--aptopt=APT::Install-Recommends "false"'],
    `--include=${packages.join(",")}`,
    // Programs that are set up for Java expect the directories of manual pages, which are left out.
    '--essential-hook=mkdir -p "$1/usr/share/man/man1" "$1/usr/share/man/man7"',
    `--customize-hook=rm -rf ${superfluous.map((file) => `"$1"/${file}`).join(" ")}`,
    ...["doc", "man", "locale"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    ...["bookworm", unfinished, "http://deb.debian.org/debian"],
  ], { minutes: 20 });
  await Deno.rename(unfinished, path);
  return path;
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
