import type { ConfigFiles } from "../../../../adapters/shared/files/config_files.ts";

/** Files in memory, by their absolute paths. */
export function memoryFiles(texts: Readonly<Record<string, string>>): ConfigFiles {
  return {
    read: (path) => Promise.resolve(texts[path]),
    list(directory) {
      const below = Object.keys(texts).filter((path) => path.startsWith(`${directory}/`))
        .map((path) => path.slice(directory.length + 1).split("/"));
      const names = [...new Set(below.map(([name = ""]) => name))].sort();
      return Promise.resolve(
        names.map((name) => ({
          name,
          isDirectory: below.some((parts) => parts[0] === name && parts.length > 1),
        })),
      );
    },
  };
}
