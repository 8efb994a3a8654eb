import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { esbuild } from "../../../tasks/esbuild.ts";

const guest = join(dirname(fileURLToPath(import.meta.url)), "../guest");

/** Makes one file of each module with checks, `<name>.js`, for a Deno that has nothing but that file. */
export async function bundleChecks(names: readonly string[], directory: string): Promise<void> {
  await esbuild({
    entryPoints: Object.fromEntries(names.map((name) => [name, join(guest, `${name}_checks.ts`)])),
    outdir: directory,
  });
}
