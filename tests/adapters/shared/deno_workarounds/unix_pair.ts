/** Both ends of a connection through a unix socket, for as long as a test takes. */
export async function withUnixPair(
  test: (accepted: Deno.Conn, peer: Deno.Conn) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/socket`;
  const listener = Deno.listen({ transport: "unix", path });
  try {
    const [peer, accepted] = await Promise.all([
      Deno.connect({ transport: "unix", path }),
      listener.accept(),
    ]);
    try {
      await test(accepted, peer);
    } finally {
      try {
        peer.close();
      } catch {
        // The test has closed it.
      }
    }
  } finally {
    listener.close();
    await Deno.remove(directory, { recursive: true });
  }
}
