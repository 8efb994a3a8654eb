import { packTar } from "modern-tar";

/** What an archive holds at one path, which is relative and has `/` between its parts. */
export type ArchiveEntry =
  | { readonly path: string; readonly type: "file"; readonly content: Uint8Array; readonly mode?: number }
  | { readonly path: string; readonly type: "symlink"; readonly target: string }
  | { readonly path: string; readonly type: "directory"; readonly mode?: number };

/** Thrown for a path that an archive cannot or must not hold. */
export class ArchivePathError extends Error {
  override name = "ArchivePathError";
}

/**
 * A tar archive (POSIX ustar, with pax headers where a name is too long) that depends on nothing but the entries and
 * `modified`: whatever their order they are sorted by path, belong to root and bear that one time. The directories
 * above an entry need not be named. Modes are 0644 for files and 0755 for directories unless told otherwise.
 *
 * All of it is held in memory, twice for a moment. Throws {@link ArchivePathError} when a path is absolute,
 * leads out of the archive, or is there twice.
 */
export function tar(entries: readonly ArchiveEntry[], modified: Date): Promise<Uint8Array<ArrayBuffer>> {
  const byPath = new Map<string, ArchiveEntry>();
  for (const entry of entries) {
    requirePlain(entry.path);
    if (byPath.has(entry.path)) throw new ArchivePathError(`Cannot archive ${entry.path}: it is there twice`);
    byPath.set(entry.path, entry);
  }
  for (const { path } of entries) addParents(path, byPath);
  const owner = { uid: 0, gid: 0, mtime: modified };
  return packTar(
    [...byPath.values()].sort(byPathOrder).map((entry) => {
      switch (entry.type) {
        case "file":
          return {
            header: { ...owner, name: entry.path, size: entry.content.length, mode: entry.mode ?? 0o644 },
            body: entry.content,
          };
        case "symlink":
          return {
            header: {
              ...owner,
              name: entry.path,
              size: 0,
              type: entry.type,
              linkname: entry.target,
              mode: 0o777,
            },
          };
        case "directory":
          return {
            header: {
              ...owner,
              name: `${entry.path}/`,
              size: 0,
              type: entry.type,
              mode: entry.mode ?? 0o755,
            },
          };
      }
    }),
  );
}

function requirePlain(path: string): void {
  if (path.split("/").some((part) => part === "" || part === "." || part === "..") || path.includes("\0")) {
    throw new ArchivePathError(
      `Cannot archive ${
        JSON.stringify(path)
      }: a path in an archive is relative, without empty parts, "." and ".."`,
    );
  }
}

function addParents(path: string, byPath: Map<string, ArchiveEntry>): void {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const parent = path.slice(0, end);
    const there = byPath.get(parent) ?? { path: parent, type: "directory" };
    if (there.type !== "directory") {
      throw new ArchivePathError(`Cannot archive ${path}: ${parent} is a ${there.type} in the same archive`);
    }
    byPath.set(parent, there);
  }
}

/** Code units, not a locale's order: the same on every machine. A directory comes before what is in it. */
function byPathOrder(a: ArchiveEntry, b: ArchiveEntry): number {
  return a.path < b.path ? -1 : 1;
}
