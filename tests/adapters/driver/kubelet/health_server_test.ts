import { status } from "@grpc/grpc-js";
import assert from "node:assert/strict";
import { SimulatedKubelet } from "../../../../adapters/simulator/kubelet/simulated_kubelet.ts";
import {
  type HealthVersion,
  reportsOfStream,
} from "../../../../adapters/simulator/kubelet/health_reports.ts";
import { GrpcCallError } from "../../../../adapters/shared/deno_workarounds/unix_grpc_client.ts";
import { healthServices } from "../../../../adapters/protocols/kubelet/dra_versions.ts";
import {
  type DeviceHealth,
  HealthStatus,
} from "../../../../adapters/protocols/kubelet/generated/dra_health.ts";
import { HealthServer } from "../../../../adapters/driver/kubelet/health_server.ts";
import { KubeletPlugin } from "../../../../adapters/driver/kubelet/kubelet_plugin.ts";
import { UnixGrpcServer } from "../../../../adapters/driver/kubelet/unix_grpc_server.ts";
import { HealthBoard } from "../../../../core/devices/health_board.ts";
import { numaNodeId } from "../../../../core/values/ids.ts";
import { memoryResource } from "../../../../core/values/resource_name.ts";
import { driver, FakeDraService, Observations, pluginIn, running, withDirectory } from "./fixture.ts";
import { untilTrue } from "../../../until.ts";

const unixMilliseconds = 1_700_000_000_999;
/** So long that no list comes again by itself. */
const aDay = 86_400;

interface Served {
  readonly board: HealthBoard;
  readonly health: HealthServer;
  readonly watch: (version?: HealthVersion) => AsyncGenerator<readonly DeviceHealth[]>;
}

function memory(numaNode: number, message?: string) {
  const problem = message === undefined ? undefined : { reason: "Offline" as const, message };
  const device = `memory-numa${numaNode}`;
  return { pool: "n/memory", device, resource: memoryResource, numaNode: numaNodeId(numaNode), problem };
}

/** Runs a test with a server on a socket; streams that the test leaves open are broken off. */
function withServer(timeoutSeconds: number, test: (served: Served) => Promise<void>): Promise<void> {
  return withDirectory(async (directory) => {
    const board = new HealthBoard(() => unixMilliseconds);
    const health = new HealthServer({ board, timeoutSeconds });
    const path = `${directory}/dra.sock`;
    const server = new UnixGrpcServer(path, (server) => {
      for (const version of Object.values(healthServices)) server.addService(version, health.service);
    }, { onConnection: () => {}, onError: assert.fail, onThrown: assert.fail });
    const streams: AsyncGenerator[] = [];
    const watch: Served["watch"] = (version = "v1") => {
      const stream = reportsOfStream(path, version, new AbortController().signal);
      streams.push(stream);
      return stream;
    };
    await server.start();
    try {
      await test({ board, health, watch });
    } finally {
      health.stop();
      for (const stream of streams) await stream.return(undefined);
      await server.withdraw();
      await server.stop(1_000);
    }
  });
}

async function next(stream: AsyncGenerator<readonly DeviceHealth[]>): Promise<readonly DeviceHealth[]> {
  const { done, value } = await stream.next();
  return done ? assert.fail("The stream has ended") : value;
}

/** Whether a stream is served, as opposed to refused. */
async function isAccepted(stream: AsyncGenerator<readonly DeviceHealth[]>): Promise<boolean> {
  try {
    await next(stream);
    return true;
  } catch (error) {
    if (error instanceof GrpcCallError && error.code === status.RESOURCE_EXHAUSTED) return false;
    throw error;
  }
}

function problems(devices: readonly DeviceHealth[]): (string | undefined)[] {
  return devices.map(({ message }) => message);
}

for (const version of ["v1", "v1alpha1"] as const) {
  Deno.test(`${version}: the kubelet gets the whole list at once, and again when it changes`, () =>
    withServer(aDay, async ({ board, watch }) => {
      board.post([memory(0), memory(1, "NUMA node 1 is offline")]);
      const stream = watch(version);

      assert.deepEqual(await next(stream), [
        {
          device: { poolName: "n/memory", deviceName: "memory-numa0" },
          health: HealthStatus.HEALTHY,
          lastUpdatedTime: 1_700_000_000n,
          healthCheckTimeoutSeconds: BigInt(aDay),
          message: "",
        },
        {
          device: { poolName: "n/memory", deviceName: "memory-numa1" },
          health: HealthStatus.UNHEALTHY,
          lastUpdatedTime: 1_700_000_000n,
          healthCheckTimeoutSeconds: BigInt(aDay),
          message: "NUMA node 1 is offline",
        },
      ]);
      board.post([memory(0, "gone")]);
      assert.deepEqual(problems(await next(stream)), ["gone"]);
    }));
}

Deno.test("the list is sent again before the kubelet's patience ends", () =>
  withServer(1, async ({ board, watch }) => {
    board.post([memory(0)]);
    const stream = watch();

    const first = await next(stream);

    assert.deepEqual([await next(stream), await next(stream)], [first, first]);
  }));

Deno.test("streams have each other's changes and not each other's end", () =>
  withServer(aDay, async ({ board, watch }) => {
    const [one, other] = [watch("v1"), watch("v1alpha1")];
    await Promise.all([next(one), next(other)]);

    await one.return(undefined);
    board.post([memory(0, "changed")]);

    assert.deepEqual(problems(await next(other)), ["changed"]);
  }));

Deno.test("a driver that stops ends the streams and takes no new one", () =>
  withServer(aDay, async ({ health, watch }) => {
    const stream = watch();
    await next(stream);

    health.stop();

    assert.deepEqual(await stream.next(), { done: true, value: undefined });
    await assert.rejects(next(watch()), { code: status.UNAVAILABLE });
  }));

Deno.test("there is an end to the streams, and one that was broken off makes room", () =>
  withServer(aDay, async ({ watch }) => {
    const streams = Array.from({ length: 16 }, () => watch());
    for (const stream of streams) await next(stream);
    await assert.rejects(next(watch()), { code: status.RESOURCE_EXHAUSTED });

    await streams[7]?.return(undefined);

    await untilTrue(() => isAccepted(watch()));
  }));

/** Lists of a size that a few of them fill every buffer between the driver and a reader that does not read. */
async function postMany({ board }: Served, changes: number): Promise<void> {
  const longText = "x".repeat(1_000_000);
  for (let change = 1; change <= changes; change++) {
    board.post([memory(0, `${longText}${change}`)]);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test("a reader that is slow gets the newest list, not every list", () =>
  withServer(aDay, async (served) => {
    const stream = served.watch();
    await next(stream);
    await postMany(served, 30);

    let lists = 0;
    while (!problems(await next(stream))[0]?.endsWith("x30")) lists++;

    assert.ok(lists < 20, `${lists} lists`);
  }));

Deno.test("a reader that takes nothing for long is given up", () =>
  withServer(1, async (served) => {
    const stream = served.watch();
    await next(stream);
    await postMany(served, 50);

    let lists = 0;
    while (!(await stream.next()).done) assert.ok(++lists < 20, `${lists} lists`);
  }));

Deno.test("streams that are cancelled while they begin leave nothing behind", () =>
  withServer(1, async ({ watch }) => {
    for (let count = 0; count < 40; count++) {
      const stream = watch();
      const first = next(stream).catch(() => {});
      await Promise.race([first, new Promise((resolve) => setTimeout(resolve, count % 5))]);
      await Promise.all([first, stream.return(undefined)]);
    }

    await untilTrue(() => isAccepted(watch()));
  }));

Deno.test("the kubelet reads the health of a registered driver, which stops without delay", () =>
  withDirectory(async (root) => {
    const { paths } = pluginIn(root);
    const board = new HealthBoard(() => unixMilliseconds);
    const health = new HealthServer({ board });
    const observer = new Observations();
    const service = new FakeDraService();
    const plugin = new KubeletPlugin({ driver, paths, service, health: health.service, observer });
    const kubelet = new SimulatedKubelet({ root });
    board.post([memory(0, "unwell")]);
    await running([kubelet, plugin], async () => {
      await kubelet.registered(driver);
      for await (const devices of kubelet.health(driver)) {
        assert.deepEqual(problems(devices), ["unwell"]);
        health.stop();
        await plugin.stop(60_000);
        break;
      }
    });
    assert.deepEqual(observer.errors, []);
  }));
