/**
 * Makes `bin/dramemory`: bundles with esbuild, then compiles the one file.
 *
 * Bundling first is what keeps the executable small and its start quick; it also leaves only the code that is
 * used of each npm package. `DENORT_BIN`, Deno's own variable, can name the runtime to put it on.
 */
import { build, stop } from "esbuild";
import { builtinModules } from "node:module";

const pinned = "2.7.11";
if (Deno.version.deno !== pinned) {
  console.error(
    `Cannot build with Deno ${Deno.version.deno}: this project is compiled with ${pinned}, as in`,
  );
  console.error(`  npx -y deno@${pinned} task build`);
  Deno.exit(1);
}

const { version } = JSON.parse(await Deno.readTextFile("deno.json"));
const bundle = await Deno.makeTempDir({ prefix: "dramemory-build-" });
try {
  await bundleTo(`${bundle}/dramemory.js`);
  await Deno.mkdir("bin", { recursive: true });
  if (!await compile(bundle, "dramemory.js")) Deno.exit(1);
} finally {
  await Deno.remove(bundle, { recursive: true });
}
const { size } = await Deno.stat("bin/dramemory");
console.log(`bin/dramemory ${version}, ${(size / 1e6).toFixed(1)} MB`);

async function bundleTo(outfile: string): Promise<void> {
  const builtins = new RegExp(`^(${builtinModules.filter((name) => !name.startsWith("_")).join("|")})$`);
  await build({
    entryPoints: ["cmd/main.ts"],
    outfile,
    bundle: true,
    minify: true,
    // Names of errors are read by people.
    keepNames: true,
    platform: "node",
    format: "esm",
    target: "esnext",
    define: { DRAMEMORY_VERSION: JSON.stringify(version) },
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

/** Reading /proc and /sys and writing cgroup files takes all permissions in Deno, whatever finer ones are given. */
async function compile(directory: string, entry: string): Promise<boolean> {
  const output = `${Deno.cwd()}/bin/dramemory`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    cwd: directory,
    args: [
      "compile",
      "-A",
      "--no-check",
      "--node-modules-dir=none",
      "--no-config",
      "--output",
      output,
      entry,
    ],
    stderr: "piped",
  }).output();
  if (success) return true;
  const text = new TextDecoder().decode(stderr);
  console.error(text);
  if (/download|dl\.deno\.land|denort/i.test(text)) {
    console.error(
      "Deno could not get the runtime that it puts into executables. Either let it reach dl.deno.land,",
    );
    console.error(`or set DENORT_BIN to the denort of Deno ${pinned}, copied from a machine that has it.`);
  }
  return false;
}
