import { build, stop } from "esbuild";
import { builtinModules } from "node:module";

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
  const builtins = new RegExp(`^(${builtinModules.filter((name) => !name.startsWith("_")).join("|")})$`);
  const { metafile } = await build({
    entryPoints: { main: entry },
    outdir,
    bundle: true,
    splitting: true,
    metafile: true,
    minify: true,
    // Names of errors are read by people.
    keepNames: true,
    platform: "node",
    format: "esm",
    target: "esnext",
    define: { ...define },
    // What CommonJS packages call to load a builtin module.
    banner: {
      js:
        'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    plugins: [{
      // Deno knows Node's modules by their full names alone.
      name: "node-builtins",
      setup: ({ onResolve }) =>
        onResolve({ filter: builtins }, ({ path }) => ({ path: `node:${path}`, external: true })),
    }],
  });
  await stop();
  return Object.keys(metafile.inputs);
}
