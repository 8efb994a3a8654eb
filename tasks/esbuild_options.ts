import type { BuildOptions } from "esbuild";
import { builtinModules } from "node:module";

const builtins = new RegExp(`^(${builtinModules.filter((name) => !name.startsWith("_")).join("|")})$`);

/** How esbuild makes a bundle of npm packages that Deno can run. */
export const forDeno = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "esnext",
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
} satisfies BuildOptions;
