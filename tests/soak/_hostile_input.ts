/** The beginnings of what peers send: HTTP/2 with its first frames, HTTP, and nothing of either. */
const beginnings = [
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0",
  "GET /metrics HTTP/1.1\r\n\r\n",
  "GET /hea",
  "",
].map((text) => Uint8Array.from(text, (character) => character.charCodeAt(0)));

/** A beginning with a few bytes changed, and others behind it. */
function hostileInput(): Uint8Array {
  const beginning = beginnings[Math.floor(Math.random() * beginnings.length)] ?? new Uint8Array();
  const input = new Uint8Array(beginning.length + Math.floor(Math.random() * 200));
  crypto.getRandomValues(input.subarray(beginning.length));
  input.set(beginning);
  for (let change = Math.floor(Math.random() * 3); change > 0; change--) {
    input[Math.floor(Math.random() * input.length)] = Math.floor(Math.random() * 256);
  }
  return input;
}

/** Sends an input to whoever listens, and leaves without a goodbye; nobody may be there at the moment. */
export async function sendTo(address: Deno.ConnectOptions | Deno.UnixConnectOptions): Promise<boolean> {
  try {
    using connection = "path" in address ? await Deno.connect(address) : await Deno.connect(address);
    await connection.write(hostileInput());
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.ConnectionRefused) return false;
    const leaving = [Deno.errors.BrokenPipe, Deno.errors.ConnectionReset, Deno.errors.NotConnected];
    if (leaving.some((kind) => error instanceof kind)) return true;
    throw error;
  }
}
