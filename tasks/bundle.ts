import { build, stop } from "esbuild";
import { forDeno } from "./esbuild_options.ts";

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
  const { metafile } = await build({
    entryPoints: { main: entry },
    outdir,
    splitting: true,
    metafile: true,
    minify: true,
    // Names of errors are read by people.
    keepNames: true,
    ...forDeno,
    define: { ...define },
  });
  await stop();
  return Object.keys(metafile.inputs);
}
