/** Runs a test in a directory of its own, by its real path, and removes it. */
export async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "dramemory-files-" }));
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** What is in a directory, by name. */
export function contentsOf(directory: string): Record<string, string> {
  return Object.fromEntries(
    [...Deno.readDirSync(directory)].filter(({ isFile }) => isFile)
      .map(({ name }) => [name, Deno.readTextFileSync(`${directory}/${name}`)]),
  );
}
