import { Buffer } from "node:buffer";

/** Frames of HTTP/2 (RFC 9113, 6): a peer's settings, its goodbye, and two pings, behind which the goodbye is read. */
const settings = 4, ping = 6, goaway = 7;

/** What a peer of HTTP/2 sends that greets and says goodbye, with no stream open. */
export const goodbye = Buffer.concat([
  frame(settings, 0),
  frame(goaway, 8),
  frame(ping, 8),
  frame(ping, 8),
]);

/** How many peers do so, one after the other; seen to end a process after a handful. */
export const goodbyes = 300;

/** A frame of zeros. */
function frame(type: number, payloadBytes: number): Buffer {
  const bytes = Buffer.alloc(9 + payloadBytes);
  bytes.writeUIntBE(payloadBytes, 0, 3);
  bytes[3] = type;
  return bytes;
}
