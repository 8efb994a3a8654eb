import { build, stop } from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { forDeno } from "../../../tasks/esbuild_options.ts";

const guest = join(dirname(fileURLToPath(import.meta.url)), "../guest");

/** Makes one file of each module with checks, `<name>.js`, for a Deno that has nothing but that file. */
export async function bundleChecks(names: readonly string[], directory: string): Promise<void> {
  await build({
    entryPoints: names.map((name) => ({ in: join(guest, `${name}_checks.ts`), out: name })),
    outdir: directory,
    ...forDeno,
    logLevel: "warning",
  });
  await stop();
}
