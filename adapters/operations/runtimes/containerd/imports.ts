import { dirname, isAbsolute, join, normalize } from "node:path";
import type { ConfigFiles } from "../../../shared/files/config_files.ts";

/**
 * Resolves an entry of `imports` as containerd does (resolveImports in cmd/containerd/server/config): relative to the
 * file that has it, and by its pattern only if there is a `*` in it. A pattern without matches is none; a path without
 * a pattern has to be there.
 */
export async function filesOfImport(entry: string, importer: string, files: ConfigFiles): Promise<string[]> {
  const path = importPath(entry, importer);
  if (!path.includes("*")) return [path];
  let found = [""];
  for (const part of path.split("/").slice(1)) {
    found = (await Promise.all(found.map((directory) => within(directory, part, files)))).flat();
  }
  return found;
}

/** Whether an entry of `imports` takes in a path. */
export function importsPath(entry: string, importer: string, path: string): boolean {
  const pattern = importPath(entry, importer).split("/");
  const parts = path.split("/");
  return pattern.length === parts.length &&
    pattern.every((part, index) => part === parts[index] || expression(part).test(parts[index] ?? ""));
}

/** The directory whose files an entry of `imports` takes in, when it is one: `/etc/containerd/conf.d/*.toml`. */
export function importedDirectory(entry: string, importer: string): string | undefined {
  const path = importPath(entry, importer);
  return path.includes("*") && !isPattern(dirname(path)) ? dirname(path) : undefined;
}

function importPath(entry: string, importer: string): string {
  const path = normalize(entry);
  return isAbsolute(path) ? path : join(dirname(importer), path);
}

async function within(directory: string, part: string, files: ConfigFiles): Promise<string[]> {
  if (!isPattern(part)) return [`${directory}/${part}`];
  const matching = expression(part);
  const entries = await files.list(directory === "" ? "/" : directory);
  return entries.filter(({ name }) => matching.test(name)).map(({ name }) => `${directory}/${name}`);
}

function isPattern(part: string): boolean {
  return /[*?[\\]/.test(part);
}

/** Go's path patterns (path/filepath.Match), for one part of a path: unlike a shell's, `*` takes a leading dot. */
function expression(part: string): RegExp {
  const source = part.replace(
    /\\(.)|\*|\?|\[(\^?)([^\]]*)\]|[^*?[\\]+/g,
    (token, escaped?: string, not?: string, range?: string) => {
      if (token === "*") return ".*";
      if (token === "?") return ".";
      if (range !== undefined) return `[${not}${range.replace(/[[\\]/g, "\\$&")}]`;
      return (escaped ?? token).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    },
  );
  return new RegExp(`^${source}$`, "s");
}
