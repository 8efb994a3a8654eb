import assert from "node:assert/strict";
import * as v from "valibot";
import { ApiClaimReports } from "../../adapters/driver/kubernetes/api_claim_reports.ts";
import { connectToCluster } from "../../adapters/driver/kubernetes/connect.ts";
import { ReportRefusedError } from "../../core/ports/claim_reports.ts";
import { claimUid } from "../../core/values/ids.ts";
import { objectsIn } from "../deploy/manifests.ts";
import { type AllocatedClaim, Allocator, allocatorProgram } from "./allocator/allocator.ts";
import { createClaim, publishNode } from "./allocator/publish.ts";
import { request, twoNodes } from "./allocator/test_cluster.ts";
import { topologyOf } from "./allocator/topologies.ts";
import { requirePeer } from "./go.ts";
import { startApiServer } from "./kube_apiserver/api_server.ts";
import { apiServerProgram, etcdProgram } from "./kube_apiserver/binaries.ts";
import { driverToken } from "./kube_apiserver/driver_token.ts";
import { createObject } from "./kube_apiserver/manifests.ts";

const [allocatorBinary, apiServer, etcd] = [
  await requirePeer(allocatorProgram),
  await requirePeer(apiServerProgram),
  await requirePeer(etcdProgram),
];
const server = await startApiServer({ apiServer, etcd });
Deno.test.afterAll(() => server.stop());

for (const object of await objectsIn(new URL("../../deploy/manifests/", import.meta.url))) {
  await createObject(server.client, object);
}
for (const node of ["node-a", "node-b"]) await publishNode(server, node, topologyOf(twoNodes));

const pod = { name: "p", uid: "22222222-0000-4000-8000-000000000001" };
const reported = v.object({
  status: v.object({
    devices: v.optional(v.array(v.object({
      driver: v.string(),
      device: v.string(),
      conditions: v.array(v.object({ type: v.string(), status: v.string(), message: v.string() })),
    }))),
  }),
});

async function allocated(name: string, node: string): Promise<AllocatedClaim> {
  await createClaim(server.client, name, { requests: [request("ram", "memory", "1Gi")] });
  await using allocator = Allocator.start(allocatorBinary, server.kubeconfig);
  const [claim] = await allocator.allocate({ node, namespace: "default", claims: [name], pod });
  assert.ok(claim !== undefined);
  return claim;
}

function reportOf(
  { status: { allocation: { devices: { results } } } }: AllocatedClaim,
  types: readonly string[],
) {
  return results.map(({ pool, device, shareID }) => ({
    pool,
    device,
    ...(shareID === undefined ? {} : { shareId: shareID }),
    conditions: types.map((type) => ({
      type: type as "Prepared" | "Placed",
      message: `it is ${type}`,
      since: 0,
    })),
  }));
}

function referenceOf({ metadata: { namespace, name, uid } }: AllocatedClaim) {
  return { namespace, name, uid: claimUid(uid) };
}

async function devicesOf(name: string) {
  const path = `/apis/resource.k8s.io/v1/namespaces/default/resourceclaims/${name}`;
  return v.parse(reported, await server.client.send("GET", path)).status.devices;
}

Deno.test("with the permissions of the manifests the driver reports on claims of its node, and on no others", async () => {
  const kubeconfig = await server.writeKubeconfig("driver.kubeconfig", await driverToken(server, "node-a"));
  const connection = await connectToCluster({ kubeconfig });
  const reports = new ApiClaimReports(connection);
  try {
    const own = await allocated("own", "node-a");
    await reports.write(referenceOf(own), reportOf(own, ["Prepared"]));
    await reports.write(referenceOf(own), reportOf(own, ["Prepared", "Placed"]));
    assert.deepEqual(await devicesOf("own"), [{
      driver: "dra.memory",
      device: "memory-numa0",
      conditions: ["Prepared", "Placed"].map((type) => ({ type, status: "True", message: `it is ${type}` })),
    }]);

    const others = await allocated("others", "node-b");
    await assert.rejects(
      reports.write(referenceOf(others), reportOf(others, ["Prepared"])),
      (error: unknown) => error instanceof ReportRefusedError && error.scope === "driver",
    );
    assert.equal(await devicesOf("others"), undefined);

    // Made anew by the same name, or gone: nothing to report on.
    const former = { ...referenceOf(own), uid: claimUid("33333333-0000-4000-8000-000000000001") };
    for (const reference of [former, { ...former, name: "gone" }]) {
      await assert.rejects(
        reports.write(reference, reportOf(own, ["Prepared"])),
        (error: unknown) => error instanceof ReportRefusedError && error.scope === "claim",
      );
    }
  } finally {
    connection.close();
  }
});
