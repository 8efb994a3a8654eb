import assert from "node:assert/strict";
import { ListenAddressError, MonitoringServer } from "../../../adapters/http/monitoring_server.ts";
import { Readiness } from "../../../core/readiness.ts";

Deno.test("readyz says what is missing until everything stands, healthz is fine all along", async () => {
  const readiness = new Readiness();
  await serving(readiness, async (get) => {
    readiness.record({ kind: "kubelet-registered" });
    readiness.record({ kind: "slices-failed", message: "the API server is away" });
    assert.deepEqual(await get("/readyz"), [
      503,
      "runtime: not connected to the container runtime yet\nslices: the API server is away\n",
    ]);
    assert.deepEqual(await get("/healthz"), [200, "ok\n"]);

    readiness.record({ kind: "runtime-connected", runtime: "containerd" });
    readiness.record({ kind: "slices-published", devices: 1, writes: 1 });
    assert.deepEqual(await get("/readyz"), [200, "ok\n"]);

    readiness.record({ kind: "runtime-lost", message: "gone" });
    assert.deepEqual(await get("/readyz"), [503, "runtime: gone\n"]);
  });
});

Deno.test("an unknown path is not found", async () => {
  await serving(new Readiness(), async (get) => assert.equal((await get("/"))[0], 404));
});

for (const address of ["nonsense", "127.0.0.1", "127.0.0.1:99999", "203.0.113.1:80"]) {
  Deno.test(`the address ${address} is an error that names it`, () => {
    assert.throws(
      () => new MonitoringServer(new Readiness()).start(address),
      (error) => error instanceof ListenAddressError && error.message.includes(address),
    );
  });
}

async function serving(
  readiness: Readiness,
  test: (get: (path: string) => Promise<[number, string]>) => Promise<void>,
): Promise<void> {
  const server = new MonitoringServer(readiness);
  const port = server.start("127.0.0.1:0");
  try {
    await test(async (path) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return [response.status, await response.text()];
    });
  } finally {
    await server.stop();
  }
}
