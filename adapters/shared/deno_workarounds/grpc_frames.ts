import { Buffer } from "node:buffer";

/** The prefix of a message: a flag for compression and the length, 32 bits, big-endian. */
const prefixBytes = 5;
const maxMessageBytes = 16 * 1024 * 1024;

/** The messages of a gRPC stream as they come. Throws when the stream does, and for what is no such message. */
export async function* framesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of body ?? []) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= prefixBytes) {
      const end = prefixBytes + lengthOf(rest);
      if (rest.length < end) break;
      yield rest.subarray(prefixBytes, end);
      rest = rest.subarray(end);
    }
  }
}

function lengthOf(prefix: Buffer): number {
  const length = prefix.readUInt32BE(1);
  if (prefix[0] !== 0 || length > maxMessageBytes) {
    throw new Error(`Cannot read a gRPC message: it is compressed or has ${length} bytes`);
  }
  return length;
}
