import assert from "node:assert/strict";
import { runtimeSocket } from "../../../../adapters/driver/nri/runtime_link.ts";

Deno.test("a socket that is not there is told with its path and what helps", async () => {
  await assert.rejects(
    runtimeSocket("/nowhere/nri.sock").dial(),
    /^Error: Cannot connect to the runtime at \/nowhere\/nri\.sock: not found \(is the runtime running, .*--nri-socket/,
  );
});

Deno.test("a socket that nobody listens on is told with its path and what helps", async () => {
  const directory = await Deno.makeTempDir({ prefix: "dramemory-link-" });
  try {
    const path = `${directory}/nri.sock`;
    // Unlike a listener of Deno's, this one leaves its file behind.
    await new Deno.Command("python3", {
      args: ["-c", "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", path],
    }).output();
    await Deno.stat(path).catch(() => Deno.writeTextFile(path, ""));
    await assert.rejects(runtimeSocket(path).dial(), /connection refused \(restart the container runtime/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
