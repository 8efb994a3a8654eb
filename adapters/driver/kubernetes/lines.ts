import { MalformedAnswerError } from "./api_error.ts";

/** What is waited for and kept at most. */
export interface LineLimits {
  readonly maxBytes: number;
  /** A stream that brings nothing for so long counts as ended. */
  readonly idleMilliseconds: number;
}

const newline = 0x0a;

/**
 * The lines of a stream of bytes, without their ends; a last line without an end is dropped. Closes the stream
 * when the loop is left. Throws {@link MalformedAnswerError} for a line that is too long.
 */
export async function* linesOf(
  stream: ReadableStream<Uint8Array>,
  { maxBytes, idleMilliseconds }: LineLimits,
): AsyncGenerator<string> {
  const reader = stream.getReader();
  let decoder = new TextDecoder();
  let line = "", bytes = 0;
  try {
    for (
      let chunk = await read(reader, idleMilliseconds);
      chunk;
      chunk = await read(reader, idleMilliseconds)
    ) {
      let start = 0;
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
        yield line + decoder.decode(chunk.subarray(start, end));
        decoder = new TextDecoder();
        line = "", bytes = 0, start = end + 1;
      }
      bytes += chunk.length - start;
      if (bytes > maxBytes) throw new MalformedAnswerError(`Cannot read a line of over ${maxBytes} bytes`);
      line += decoder.decode(chunk.subarray(start), { stream: true });
    }
  } finally {
    await reader.cancel();
  }
}

/** The next chunk; undefined at the end and when none comes in time. */
async function read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  milliseconds: number,
): Promise<Uint8Array | undefined> {
  const idle = Promise.withResolvers<undefined>();
  const timer = setTimeout(idle.resolve, milliseconds, undefined);
  try {
    return (await Promise.race([reader.read(), idle.promise]))?.value;
  } finally {
    clearTimeout(timer);
  }
}
