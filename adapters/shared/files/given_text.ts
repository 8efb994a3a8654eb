import { readBoundedFile, UnfitFileError } from "./bounded_file.ts";

/** What a shell makes of `<(COMMAND)`, and the names of standard input: open already, and written by a process that runs. */
const handedOver = /^\/(?:dev\/stdin|dev\/fd\/\d+|proc\/self\/fd\/\d+)$/;

/**
 * Reads the text of a file that a command line names: a regular one, standard input where it is called `-`, or what the shell
 * hands over in the place of a file, which are read to their ends. Rejects with Deno's errors, and with {@link UnfitFileError}
 * for a pipe or a device by its own name, for more than so many bytes, and for what is no text.
 */
export async function readGivenText(path: string, maxBytes: number): Promise<string> {
  return utf8Text(await bytesOf(path, maxBytes));
}

/** Bytes as a text, a byte order mark included. Throws {@link UnfitFileError} for what is none, rather than replacing it. */
export function utf8Text(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new UnfitFileError("it is no text in UTF-8", { cause });
  }
}

async function bytesOf(path: string, maxBytes: number): Promise<Uint8Array> {
  if (path === "-") return await readStream(Deno.stdin.readable, maxBytes);
  if (handedOver.test(path)) return await readStream((await Deno.open(path)).readable, maxBytes);
  return readBoundedFile(path, maxBytes);
}

async function readStream(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  // Leaving the loop closes the stream.
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxBytes) throw new UnfitFileError(`holds more than ${maxBytes} bytes`);
    chunks.push(new Uint8Array(chunk));
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
