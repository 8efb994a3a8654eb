import assert from "node:assert/strict";
import { MonitoringServer } from "../../../../../adapters/driver/monitoring/http/monitoring_server.ts";
import { LoopHealth } from "../../../../../adapters/shared/async/loop_health.ts";
import { Readiness } from "../../../../../core/events/readiness.ts";
import { OperatorError } from "../../../../../core/values/operator_error.ts";

Deno.test("readyz says what is missing until everything stands, healthz is fine all along", async () => {
  const { readiness, serving } = fixture();
  await serving(async (get) => {
    readiness.emit({ kind: "kubelet-registered" });
    readiness.emit({ kind: "slices-failed", message: "the API server is away" });
    assert.deepEqual(await get("/readyz"), [
      503,
      "runtime: not connected to the container runtime yet\nslices: the API server is away\n",
    ]);
    assert.deepEqual(await get("/healthz"), [200, "ok\n"]);

    readiness.emit({ kind: "runtime-connected", runtime: "containerd", again: false });
    readiness.emit({ kind: "slices-published", devices: 1, writes: 1 });
    assert.deepEqual(await get("/readyz"), [200, "ok\n"]);

    readiness.emit({ kind: "runtime-lost", message: "gone" });
    assert.deepEqual(await get("/readyz"), [503, "runtime: gone\n"]);
  });
});

Deno.test("healthz names the loop that is stuck, and is fine again once that turns", async () => {
  const { clock, loops, serving } = fixture();
  const turned = loops.watch("slices", 5_000);
  await serving(async (get) => {
    turned();
    clock.milliseconds = 5_000;
    assert.deepEqual(await get("/healthz"), [200, "ok\n"]);
    clock.milliseconds = 6_000;
    assert.deepEqual(await get("/healthz"), [503, "slices: stuck, no turn for 6 seconds\n"]);
    turned();
    assert.deepEqual(await get("/healthz"), [200, "ok\n"]);
  });
});

Deno.test("metrics are rendered for each scrape, with the type that Prometheus expects", async () => {
  const { serving } = fixture();
  await serving(async (get, port) => {
    assert.deepEqual(await get("/metrics"), [200, "scrapes 1\n"]);
    const response = await fetch(`http://127.0.0.1:${port}/metrics?collect=all`);
    assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert.equal(await response.text(), "scrapes 2\n");
  });
});

Deno.test("nothing can be sent to it, and an unknown path is not found", async () => {
  const { serving } = fixture();
  await serving(async (get) => {
    assert.equal((await get("/metrics", "POST"))[0], 405);
    assert.equal((await get("/"))[0], 404);
  });
});

for (const address of ["nonsense", "127.0.0.1", "127.0.0.1:99999", "203.0.113.1:80", "[::1:80"]) {
  Deno.test(`the address ${address} is an error that names it`, () => {
    assert.throws(
      () => new MonitoringServer(new Readiness()).start(address),
      (error) => error instanceof OperatorError && error.message.includes(address),
    );
  });
}

Deno.test("an address that is in use is an error that names it", async () => {
  await fixture().serving((_, port) => {
    assert.throws(
      () => new MonitoringServer(new Readiness()).start(`127.0.0.1:${port}`),
      (error) => error instanceof OperatorError && error.message.includes(`127.0.0.1:${port}`),
    );
    return Promise.resolve();
  });
});

type Get = (path: string, method?: string) => Promise<[status: number, body: string]>;

function fixture() {
  const readiness = new Readiness();
  const clock = { milliseconds: 0 };
  const loops = new LoopHealth(() => clock.milliseconds);
  let scrapes = 0;
  const server = new MonitoringServer(readiness, loops, () => `scrapes ${++scrapes}\n`);
  const serving = async (test: (get: Get, port: number) => Promise<void>) => {
    const port = server.start("127.0.0.1:0");
    try {
      await test(async (path, method = "GET") => {
        const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
        return [response.status, await response.text()];
      }, port);
    } finally {
      await server.stop();
    }
  };
  return { readiness, clock, loops, serving };
}
