import assert from "node:assert/strict";
import { dramemory } from "../cmd/dramemory.ts";
import { createClaim, publishNode } from "./allocator/publish.ts";
import { Allocator, allocatorProgram } from "./allocator/allocator.ts";
import { request, twoNodes } from "./allocator/test_cluster.ts";
import { topologyOf } from "./allocator/topologies.ts";
import { requirePeer } from "./go.ts";
import { startApiServer } from "./kube_apiserver/api_server.ts";
import { apiServerProgram, etcdProgram } from "./kube_apiserver/binaries.ts";

const [allocatorBinary, apiServer, etcd] = [
  await requirePeer(allocatorProgram),
  await requirePeer(apiServerProgram),
  await requirePeer(etcdProgram),
];
const server = await startApiServer({ apiServer, etcd });
Deno.test.afterAll(() => server.stop());

const { client } = server;
const core = "/api/v1", namespaced = `${core}/namespaces/default`;
const rbac = "/apis/rbac.authorization.k8s.io/v1";

for (const node of ["node-a", "node-b"]) {
  await publishNode(server, node, topologyOf(twoNodes));
  // No kubelet makes it ready, and its absence is a taint.
  const { status: _, ...object } = await client.send("GET", `${core}/nodes/${node}`) as Record<string, never>;
  await client.send("PUT", `${core}/nodes/${node}`, { ...object, spec: {} });
}
await client.send("POST", `${namespaced}/serviceaccounts`, {
  kind: "ServiceAccount",
  metadata: { name: "default" },
});

async function createPod(name: string, claim: string): Promise<string> {
  const pod = await client.send("POST", `${namespaced}/pods`, {
    kind: "Pod",
    metadata: { name },
    spec: {
      resourceClaims: [{ name: "c", resourceClaimName: claim }],
      containers: [{ name: "main", image: "none", resources: { claims: [{ name: "c" }] } }],
    },
  }) as { metadata: { uid: string } };
  return pod.metadata.uid;
}

async function run(...args: readonly string[]) {
  return await dramemory(...args, "--kubeconfig", server.kubeconfig);
}

Deno.test("a pod that waits is explained, and what it would be given is what the allocator then gives", async () => {
  await createClaim(client, "pages", { requests: [request("pages", "hugepages-2m", "3Mi")] });
  const uid = await createPod("waits", "pages");
  const before = await run("explain", "waits");
  assert.match(before.stdout, /^Pod default\/waits: it fits$/m);
  assert.match(before.stdout, /- node-a: pages 4Mi of hugepages-2m-numa0$/m);

  await using allocator = Allocator.start(allocatorBinary, server.kubeconfig);
  const pod = { name: "waits", uid };
  await allocator.allocate({ node: "node-a", namespace: "default", claims: ["pages"], pod });
  const after = await run("explain", "claim/pages");
  assert.match(after.stdout, /- pages: 4Mi of hugepages-2m-numa0 on node-a$/m);
});

Deno.test("a pod that nothing fits is explained, and exit 1 is for manifests alone", async () => {
  await createClaim(client, "much", { requests: [request("ram", "memory", "100Gi")] });
  await createPod("hopeless", "much");
  const { code, stdout } = await run("explain", "hopeless");
  assert.equal(code, 0);
  assert.match(
    stdout,
    /2 nodes are too small for request ram of much: no NUMA node has 100Gi even when it is empty/,
  );
});

Deno.test("without the permission for nodes and pods it judges by the slices, and says what it lacks", async () => {
  const name = "claims-reader";
  await client.send("POST", `${rbac}/clusterroles`, {
    kind: "ClusterRole",
    metadata: { name },
    rules: [
      {
        apiGroups: ["resource.k8s.io"],
        resources: ["resourceslices", "resourceclaims", "deviceclasses"],
        verbs: ["get", "list"],
      },
      { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
    ],
  });
  await client.send("POST", `${rbac}/clusterrolebindings`, {
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
    subjects: [{ kind: "ServiceAccount", name: "default", namespace: "default" }],
  });
  const answer = await client.send("POST", `${namespaced}/serviceaccounts/default/token`, { spec: {} });
  const { status: { token } } = answer as { status: { token: string } };
  const kubeconfig = await server.writeKubeconfig("reader.kubeconfig", token);
  const explained = await dramemory("explain", "hopeless", "--kubeconfig", kubeconfig);
  assert.match(explained.stdout, /2 nodes are too small/);
  assert.match(explained.stdout, /Cannot list nodes: this user may not \(it takes the verb list on nodes\)/);
  const cluster = await dramemory("cluster", "--kubeconfig", kubeconfig);
  assert.match(cluster.stdout, /^memory +2 +\S+ /m);
  assert.match(cluster.stdout, /Cannot list nodes: .*: whether nodes are gone is not known/);
});

Deno.test("the cluster's table has what claims hold", async () => {
  const { stdout } = await run("cluster", "--node", "node-a");
  assert.match(stdout, /hugepages-2m-numa0 +1Gi +4Mi +1020Mi +1020Mi +1 +ok/);
});

Deno.test("a size that is a unit alone is 0 for the API server, and explain says what that comes to", async () => {
  await createClaim(client, "unit", { requests: [request("ram", "memory", "Gi")] });
  await createPod("unit", "unit");
  const { stdout } = await run("explain", "unit");
  assert.match(stdout, /Request ram of unit asks for 0 and is given 4Ki/);
});
