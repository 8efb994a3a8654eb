/**
 * Runs esbuild with the options that stand as JSON on stdin, and prints the metafile. Packages are found as from the
 * working directory, that of the project, and bundled in the way that Deno can run them.
 */
import { build, stop } from "esbuild";
import { builtinModules } from "node:module";

const builtins = new RegExp(`^(${builtinModules.filter((name) => !name.startsWith("_")).join("|")})$`);

const options = JSON.parse(await new Response(Deno.stdin.readable).text());
try {
  const { metafile } = await build({
    bundle: true,
    platform: "node",
    format: "esm",
    target: "esnext",
    logLevel: "warning",
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
    metafile: true,
    ...options,
  });
  console.log(JSON.stringify(metafile));
} finally {
  await stop();
}
