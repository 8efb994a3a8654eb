import { esbuild } from "./esbuild.ts";

/**
 * Writes a program with everything that it runs as JavaScript into a directory: `main.js`, and files of their own
 * beside it for what is imported only when it is wanted. Resolves to the paths of what went into it, from the working
 * directory, which is that of the project.
 */
export async function bundle(
  entry: string,
  outdir: string,
  define: Readonly<Record<string, string>>,
): Promise<string[]> {
  const { inputs } = await esbuild({
    entryPoints: { main: entry },
    outdir,
    splitting: true,
    minify: true,
    // Names of errors are read by people.
    keepNames: true,
    define,
  });
  return Object.keys(inputs);
}
