import * as v from "valibot";
import type { GoProgram } from "../go.ts";

/** containerd's importer of images, with the schemas of the OCI image specification. */
export const importerProgram: GoProgram = { name: "oci", module: new URL("./", import.meta.url) };

const imported = v.array(v.strictObject({
  name: v.string(),
  digest: v.string(),
  architecture: v.string(),
  user: v.string(),
  entrypoint: v.array(v.string()),
  layers: v.number(),
}));

/** What containerd has for each image of an archive. Rejects with the importer's message when it takes none. */
export async function importArchive(
  binary: string,
  archive: string,
): Promise<v.InferOutput<typeof imported>> {
  const { success, stdout, stderr } = await new Deno.Command(binary, {
    args: [archive],
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr));
  return v.parse(imported, JSON.parse(text.decode(stdout)));
}
