import { dirname } from "node:path";
import { type Image, ociArchive } from "./oci_archive.ts";

/** Writes the image to a file, in one piece, and says what it is. */
export async function writeArchive(image: Image, output: string): Promise<void> {
  const { archive, digest } = await ociArchive(image);
  await Deno.mkdir(dirname(output), { recursive: true });
  const temporary = `${output}.${Deno.pid}.tmp`;
  try {
    await Deno.writeFile(temporary, archive);
    await Deno.rename(temporary, output);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
  const megabytes = (archive.length / 1e6).toFixed(1);
  console.log(`${output}: ${image.name}, linux/${image.architecture}, ${megabytes} MB`);
  console.log(digest);
}
