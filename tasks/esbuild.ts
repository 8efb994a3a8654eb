import { fileURLToPath } from "node:url";

/** The options of esbuild that are used here, which has more: see https://esbuild.github.io/api/. */
export interface EsbuildOptions {
  readonly entryPoints: Readonly<Record<string, string>>;
  readonly outdir: string;
  readonly splitting?: boolean;
  readonly minify?: boolean;
  readonly keepNames?: boolean;
  readonly write?: boolean;
  readonly define?: Readonly<Record<string, string>>;
}

/** What went into a bundle, and into each file of it: esbuild's metafile, as far as it is used here. */
export interface Metafile {
  readonly inputs: Readonly<
    Record<string, { readonly imports: readonly { readonly path: string; readonly kind: string }[] }>
  >;
  readonly outputs: Readonly<
    Record<string, {
      readonly inputs: Readonly<Record<string, unknown>>;
      readonly imports: readonly {
        readonly path: string;
        readonly kind: string;
        readonly external?: boolean;
      }[];
    }>
  >;
}

/** Paths of what tools are run with: they have their own dependencies, which nobody else has to fetch. */
const tools = fileURLToPath(new URL("../tools/", import.meta.url));

/** The arguments for Deno to run one of the tools. */
function toolArguments(name: string): string[] {
  return ["run", "-A", "--config", `${tools}deno.json`, "--frozen", `${tools}${name}`];
}

/** Bundles TypeScript and npm packages into files that Deno can run. Throws an Error when esbuild fails. */
export async function esbuild(options: EsbuildOptions): Promise<Metafile> {
  const child = new Deno.Command(Deno.execPath(), {
    args: toolArguments("esbuild.ts"),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = child.output();
  await new Blob([JSON.stringify(options)]).stream().pipeTo(child.stdin);
  const { success, stdout } = await output;
  if (!success) {
    throw new Error(`Cannot bundle ${Object.values(options.entryPoints).join(", ")}: esbuild failed`);
  }
  return JSON.parse(new TextDecoder().decode(stdout));
}
