import assert from "node:assert/strict";
import { pods } from "../../../../adapters/simulator/api_server/resources.ts";
import { ApiPodSource } from "../../../../adapters/driver/kubernetes/api_pod_source.ts";
import { ClusterUnavailableError } from "../../../../core/ports/claim_source.ts";
import { quickBackoff, withCluster } from "./_support.ts";

const spec = {
  resourceClaims: [{ name: "mem", resourceClaimName: "claim" }, {
    name: "huge",
    resourceClaimTemplateName: "t",
  }],
  initContainers: [{ name: "init", resources: { claims: [{ name: "mem" }] } }],
  containers: [{ name: "main", resources: { claims: [{ name: "huge", request: "a" }] } }, { name: "side" }],
};

Deno.test("a pod is read with its containers and their claims", () =>
  withCluster(async ({ server, connection }) => {
    const { metadata } = server.store.create(pods, { metadata: { name: "pod" }, spec }, "team");
    const status = { resourceClaimStatuses: [{ name: "huge", resourceClaimName: "pod-huge-x7" }] };
    server.store.replace(pods, metadata, { metadata, status }, true);

    const usage = await new ApiPodSource(connection).pod("team", "pod");

    assert.deepEqual(usage, {
      uid: metadata.uid,
      containers: [
        { name: "init", claims: [{ name: "mem" }], paths: [], hugepages: [] },
        { name: "main", claims: [{ name: "huge", request: "a" }], paths: [], hugepages: [] },
        { name: "side", claims: [], paths: [], hugepages: [] },
      ],
      claimNames: new Map([["mem", "claim"], ["huge", "pod-huge-x7"]]),
      hasUserNamespace: false,
    });
  }));

Deno.test("a pod that is not there is undefined", () =>
  withCluster(async ({ connection }) => {
    assert.equal(await new ApiPodSource(connection).pod("team", "pod"), undefined);
  }));

Deno.test("a pod is asked for again, unless the API server denies it", () =>
  withCluster(async ({ server, connection }) => {
    const source = new ApiPodSource(connection, { newBackoff: quickBackoff });
    server.faults = () => server.requests.length === 1 ? { status: 500 } : { status: 403 };
    await assert.rejects(source.pod("team", "pod"), ClusterUnavailableError);
    assert.equal(server.requests.length, 2);
  }));

for (const body of ["null", "[]", "{}"]) {
  Deno.test(`the answer ${body} is malformed, and not that there is no pod`, () =>
    withCluster(async ({ server, connection }) => {
      server.faults = () => ({ body });
      await assert.rejects(new ApiPodSource(connection).pod("team", "pod"), /Cannot read/);
    }));
}
