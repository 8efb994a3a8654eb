/** The prefix of a message in gRPC over HTTP/2: a flag for compression and the length, 32 bits, big-endian. */
const prefixBytes = 5;

/** A message as the body of a unary call. */
export function frame(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(prefixBytes + message.length);
  new DataView(body.buffer).setUint32(1, message.length);
  body.set(message, prefixBytes);
  return body;
}

/** The message in the body of a unary call; undefined unless it is exactly one, not compressed. */
export function unframe(body: Uint8Array): Uint8Array | undefined {
  if (body.length < prefixBytes || body[0] !== 0) return undefined;
  const length = new DataView(body.buffer, body.byteOffset).getUint32(1);
  return body.length === prefixBytes + length ? body.subarray(prefixBytes) : undefined;
}
