import assert from "node:assert/strict";
import { NriRuntime } from "../../../../adapters/simulator/runtime/nri_runtime.ts";

Deno.test("a plugin that hangs up before it registers is not waited for", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/nri.sock`;
  using listener = Deno.listen({ transport: "unix", path });
  const probe = await Deno.connect({ transport: "unix", path });
  const runtime = new NriRuntime(await listener.accept());
  const admitting = runtime.admit();
  probe.close();
  await assert.rejects(admitting, /Cannot admit the plugin: it hung up/);
  await runtime.close();
  await Deno.remove(directory, { recursive: true });
});
