/** Runs a test with the two ends of a unix socket; the test closes them. */
export async function withUnixPairs(
  test: (pair: () => Promise<readonly [Deno.UnixConn, Deno.UnixConn]>) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/socket`;
  const listener = Deno.listen({ transport: "unix", path });
  try {
    await test(() => Promise.all([Deno.connect({ transport: "unix", path }), listener.accept()]));
  } finally {
    listener.close();
    await Deno.remove(directory, { recursive: true });
  }
}
