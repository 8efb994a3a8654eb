/** Taints, which API servers and others write in slices beside the driver. */
import assert from "node:assert/strict";
import { ApiSliceRepository } from "../../adapters/driver/kubernetes/api_slice_repository.ts";
import { connectToCluster } from "../../adapters/driver/kubernetes/connect.ts";
import { type PoolContents, poolsOf } from "../../core/devices/pool.ts";
import type { DeviceTaint } from "../../core/devices/resource_slice.ts";
import { planSlices } from "../../core/devices/slice_plan.ts";
import { driverName } from "../../core/values/driver.ts";
import { deviceOf, GiB } from "../core/samples.ts";
import { requirePeer } from "./go.ts";
import { startApiServer } from "./kube_apiserver/api_server.ts";
import { apiServerProgram, etcdProgram } from "./kube_apiserver/binaries.ts";

const [apiServer, etcd] = [await requirePeer(apiServerProgram), await requirePeer(etcdProgram)];
const server = await startApiServer({ apiServer, etcd });
const connection = await connectToCluster({ kubeconfig: server.kubeconfig });
Deno.test.afterAll(async () => {
  connection.close();
  await server.stop();
});

const own: DeviceTaint = { key: "dra.memory/unhealthy", value: "Shrank", effect: "NoSchedule" };
const foreign: DeviceTaint = { key: "example.com/drain", effect: "NoSchedule" };

/** A Node of its own, its repository, and what is still to be done for its one device to be published so. */
async function nodeWith(nodeName: string) {
  await server.client.send("POST", "/api/v1/nodes", { kind: "Node", metadata: { name: nodeName } });
  const repository = new ApiSliceRepository(connection, {
    nodeName,
    driver: driverName,
    watchFailed: () => {},
  });
  const steps = async (contents: PoolContents) =>
    planSlices(
      nodeName,
      poolsOf(nodeName, [deviceOf("memory-numa0", GiB)], contents),
      await repository.list(),
    );
  const publish = async (contents: PoolContents) => {
    for (const step of await steps(contents)) {
      if (step.kind === "create") await repository.create(step.spec);
      else if (step.kind === "update") await repository.update(step.slice, step.spec);
      else await repository.remove(step.slice);
    }
  };
  const taints = async () =>
    (await repository.list()).flatMap(({ spec }) => spec.devices.flatMap(({ taints = [] }) => taints));
  return { repository, steps, publish, taints };
}

Deno.test("a taint gets a time, and is not written again; one of somebody else stays when the driver's goes", async () => {
  const { repository, steps, publish, taints } = await nodeWith("tainted");
  const unhealthy = { taints: new Map([["memory-numa0", own]]) };
  await publish(unhealthy);
  const [tainted] = await taints();
  assert.match(tainted?.timeAdded ?? "", /^\d{4}-/);
  assert.deepEqual(await steps(unhealthy), []);

  const [slice] = await repository.list();
  assert.ok(slice !== undefined);
  const devices = slice.spec.devices.map((device) => ({
    ...device,
    taints: [...device.taints ?? [], foreign],
  }));
  await repository.update(slice, { ...slice.spec, devices });
  assert.deepEqual(await steps(unhealthy), []);

  await publish({});
  assert.deepEqual((await taints()).map(({ key }) => key), [foreign.key]);
  assert.deepEqual(await steps({}), []);
  assert.ok((await repository.support()).taints);
});
