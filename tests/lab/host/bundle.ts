import { build, stop } from "esbuild";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const guest = join(dirname(fileURLToPath(import.meta.url)), "../guest");

/** Makes one file of each module with checks, `<name>.js`, for a Deno that has nothing but that file. */
export async function bundleChecks(names: readonly string[], directory: string): Promise<void> {
  const builtins = new RegExp(`^(${builtinModules.filter((name) => !name.startsWith("_")).join("|")})$`);
  await build({
    entryPoints: names.map((name) => ({ in: join(guest, `${name}_checks.ts`), out: name })),
    outdir: directory,
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
  });
  await stop();
}
