/** The list form of the standard attribute of the NUMA node, with and without the feature gate that it takes. */
import assert from "node:assert/strict";
import { ApiSliceRepository } from "../../adapters/driver/kubernetes/api_slice_repository.ts";
import { connectToCluster } from "../../adapters/driver/kubernetes/connect.ts";
import { poolsOf } from "../../core/devices/pool.ts";
import { planSlices } from "../../core/devices/slice_plan.ts";
import { ClusterUnavailableError } from "../../core/ports/claim_source.ts";
import { driverName } from "../../core/values/driver.ts";
import { deviceOf, GiB, nodeIds } from "../core/samples.ts";
import { requirePeer } from "./go.ts";
import { startApiServer } from "./kube_apiserver/api_server.ts";
import { etcdProgram, kubernetesProgram, kubernetesReleases } from "./kube_apiserver/binaries.ts";

const etcd = await requirePeer(etcdProgram);
const nodeName = "listing";
const devices = [
  { ...deviceOf("memory-numa0", GiB), nodesOfSocket: nodeIds(0, 1) },
  deviceOf("memory-numa1", GiB),
];
const pools = poolsOf(nodeName, devices, { numaNodeForm: "list" });

/** Lists came with 1.36. */
for (const release of kubernetesReleases.filter(({ version }) => !version.startsWith("1.34."))) {
  const apiServer = await requirePeer(kubernetesProgram("kube-apiserver", release));
  const withRepository = async (
    gates: readonly string[],
    use: (repository: ApiSliceRepository) => Promise<void>,
  ) => {
    const server = await startApiServer({ apiServer, etcd }, undefined, { featureGates: gates });
    const connection = await connectToCluster({ kubeconfig: server.kubeconfig });
    try {
      await server.client.send("POST", "/api/v1/nodes", { kind: "Node", metadata: { name: nodeName } });
      await use(new ApiSliceRepository(connection, { nodeName, driver: driverName, watchFailed: () => {} }));
    } finally {
      connection.close();
      await server.stop();
    }
  };

  Deno.test(`Kubernetes ${release.version} with the gate keeps lists as they are written, and nothing is written again`, () =>
    withRepository(["DRAListTypeAttributes"], async (repository) => {
      for (const step of planSlices(nodeName, pools, [])) {
        assert.equal(step.kind, "create");
        if (step.kind === "create") await repository.create(step.spec);
      }
      const published = await repository.list();
      assert.deepEqual(
        published.flatMap(({ spec }) =>
          spec.devices.map(({ attributes }) => attributes["resource.kubernetes.io/numaNode"])
        ),
        [{ ints: [0, 1] }, { ints: [1] }],
      );
      assert.deepEqual(planSlices(nodeName, pools, published), []);
    }));

  Deno.test(`Kubernetes ${release.version} without the gate refuses lists, and the message names it`, () =>
    withRepository([], async (repository) => {
      const [step] = planSlices(nodeName, pools, []);
      assert.ok(step?.kind === "create");
      await assert.rejects(repository.create(step.spec), (error) => {
        assert.ok(error instanceof ClusterUnavailableError);
        assert.match(
          error.message,
          /the API server drops lists \(turn on the feature gate DRAListTypeAttributes .*--numa-node-list/,
        );
        return true;
      });
      assert.deepEqual(await repository.list(), []);
    }));
}
