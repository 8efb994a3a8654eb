import assert from "node:assert/strict";

const clients = 4, openers = 8;

/**
 * Lets clients connect to a unix socket that echoes, and leave again, so many in all, while files are opened and looked at
 * on other threads. Throws what looking at a file says if somebody else has closed it.
 */
export async function clientsAndFiles(path: string, connections: number): Promise<void> {
  let left = connections;
  const connecting = async () => {
    while (left-- > 0) {
      using connection = await Deno.connect({ transport: "unix", path });
      await connection.write(new Uint8Array(1));
      assert.equal(await connection.read(new Uint8Array(1)), 1);
    }
  };
  const opening = async () => {
    while (left > 0) {
      using file = await Deno.open("/proc/self/stat");
      await file.stat();
    }
  };
  await Promise.all([
    ...Array.from({ length: clients }, connecting),
    ...Array.from({ length: openers }, opening),
  ]);
}
