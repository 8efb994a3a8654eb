import * as v from "valibot";

/** A package of the npm registry that is in the executable. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SHA-512 of the package's archive, in hexadecimal. */
  readonly sha512: string;
}

/** A package is in the executable that the lock file does not have. */
export class UnlockedPackageError extends Error {
  override name = "UnlockedPackageError";
}

/** What is read of Deno's lock file, of version 5. */
const lockFile = v.object({
  version: v.literal("5"),
  npm: v.record(v.string(), v.looseObject({ integrity: v.pipe(v.string(), v.startsWith("sha512-")) })),
});

/**
 * The packages that files are of, by name, with the digests of the lock file. Throws {@link UnlockedPackageError}.
 *
 * Deno keeps each package in `node_modules/.deno/<name>@<version>/`, `/` in a name as `+`, and a copy of it for another
 * choice of peers with `_` and a number behind it.
 */
export function bundledPackages(paths: readonly string[], lock: unknown): BundledPackage[] {
  const { npm } = v.parse(lockFile, lock);
  const ids = new Set(paths.flatMap((path) => {
    const [, id] = /(?:^|\/)node_modules\/\.deno\/([^/]+?)(?:_\d+)?\/node_modules\//.exec(path) ?? [];
    return id === undefined ? [] : [id.replace("+", "/")];
  }));
  return [...ids].sort().map((id) => {
    // What the lock file has behind the version are the peers.
    const key = Object.keys(npm).find((key) => key === id || key.startsWith(`${id}_`));
    const integrity = key === undefined ? undefined : npm[key]?.integrity;
    if (integrity === undefined) {
      throw new UnlockedPackageError(`Cannot tell the digest of ${id}: deno.lock does not have it`);
    }
    const at = id.lastIndexOf("@");
    const sha512 = Uint8Array.fromBase64(integrity.slice("sha512-".length)).toHex();
    return { name: id.slice(0, at), version: id.slice(at + 1), sha512 };
  });
}
