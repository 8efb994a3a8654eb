import { basename, dirname, isAbsolute, join } from "node:path";
import type { ArchiveEntry } from "../../adapters/operations/archive/tar.ts";
import { type Architecture, ElfError, type ElfFile, parseElf } from "./elf.ts";
import { ImageError } from "./image_error.ts";

/** Where the image has the certificates, a place where the executable looks by itself. */
const certificateStore = "etc/ssl/certs/ca-certificates.crt";

/** Where the distributions keep all certificates in one file: Debian and its like, Red Hat's, SUSE's, Alpine's. */
const certificateStores = [
  certificateStore,
  "etc/pki/tls/certs/ca-bundle.crt",
  "etc/ssl/ca-bundle.pem",
  "etc/ssl/cert.pem",
];

/**
 * What glibc loads by name to look up hosts (nsswitch.conf(5)). From 2.34 on it has both built in, and these files are
 * empty if they are there.
 */
const nameServices = ["libnss_files.so.2", "libnss_dns.so.2"];

const libraryDirectories: Record<Architecture, string> = {
  amd64: "x86_64-linux-gnu",
  arm64: "aarch64-linux-gnu",
};

/**
 * The loader and the libraries that a program loads, each at the place where the loader looks without a cache: the
 * directories of Debian's loader and of the other distributions'. Empty for a static program.
 *
 * `sysroot` is the root of a system of the program's architecture, `/` for the machine itself.
 * Rejects with {@link ImageError} when one is not there.
 */
export async function librariesOf(program: ElfFile, sysroot: string): Promise<ArchiveEntry[]> {
  const { architecture, interpreter } = program;
  if (interpreter === undefined) return [];
  const loader = await readLibrary(sysroot, interpreter, architecture);
  if (loader === undefined) {
    throw new ImageError(
      `Cannot find the loader ${interpreter} for ${architecture} in ${sysroot} (--sysroot names the root of a system that has it)`,
    );
  }
  const found = new Map([[basename(interpreter), executable(interpreter, loader)]]);
  const wanted = [...program.needed];
  for (let name = wanted.shift(); name !== undefined; name = wanted.shift()) {
    if (found.has(name)) continue;
    const library = await findLibrary(name, architecture, sysroot);
    if (library === undefined) {
      throw new ImageError(
        `Cannot find the library ${name} for ${architecture} in ${sysroot} (searched: ${
          searched(architecture).join(", ")
        }; --sysroot names the root of a system that has it)`,
      );
    }
    found.set(name, executable(library.path, library.content));
    wanted.push(...parseElf(library.content).needed);
    if (name === "libc.so.6") {
      for (const service of nameServices) {
        if (await findLibrary(service, architecture, sysroot) !== undefined) wanted.push(service);
      }
    }
  }
  return [...found.values()];
}

/** The certificates of a system. Rejects with {@link ImageError} when it has none. */
export async function certificatesOf(sysroot: string): Promise<ArchiveEntry> {
  for (const path of certificateStores) {
    const content = await readIfThere(sysroot, path);
    if (content !== undefined) return { path: certificateStore, type: "file", content };
  }
  throw new ImageError(
    `Cannot find the certificates of ${sysroot}: none of ${
      certificateStores.join(", ")
    } is there (install ca-certificates)`,
  );
}

function searched(architecture: Architecture): string[] {
  const own = libraryDirectories[architecture];
  return [`lib/${own}`, `usr/lib/${own}`, "lib64", "usr/lib64", "lib", "usr/lib"];
}

async function findLibrary(name: string, architecture: Architecture, sysroot: string) {
  for (const directory of searched(architecture)) {
    const path = `${directory}/${name}`;
    const content = await readLibrary(sysroot, path, architecture);
    if (content !== undefined) return { path, content };
  }
  return undefined;
}

/** Undefined where there is none, and also one of another architecture, which the loader passes over as well. */
async function readLibrary(
  sysroot: string,
  path: string,
  architecture: Architecture,
): Promise<Uint8Array | undefined> {
  const content = await readIfThere(sysroot, path);
  try {
    return content !== undefined && parseElf(content).architecture === architecture ? content : undefined;
  } catch (error) {
    if (error instanceof ElfError) return undefined;
    throw error;
  }
}

/** Follows links as they are meant in that system: Debian's loader is one to an absolute path. */
async function readIfThere(sysroot: string, path: string): Promise<Uint8Array | undefined> {
  try {
    const place = join(sysroot, path);
    if (!(await Deno.lstat(place)).isSymlink) return await Deno.readFile(place);
    const target = await Deno.readLink(place);
    return await readIfThere(sysroot, isAbsolute(target) ? target : join(dirname(path), target));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The loader must be executable, and a library may be. */
function executable(path: string, content: Uint8Array): ArchiveEntry {
  return { path: path.replace(/^\/+/, ""), type: "file", content, mode: 0o755 };
}
