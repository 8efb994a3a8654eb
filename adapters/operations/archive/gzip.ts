import { promisify } from "node:util";
import { gzip as compress } from "node:zlib";

const compressed = promisify(compress);

/** The bytes as a gzip file, which bears no time and no name: the same bytes give the same file on one version of Deno. */
export async function gzip(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await compressed(bytes, { level: 6 }));
}
