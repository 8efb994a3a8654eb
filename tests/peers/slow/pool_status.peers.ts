/** ResourcePoolStatusRequest (KEP-5677), on API servers that serve it and one that does not. */
import assert from "node:assert/strict";
import { dramemory } from "../../cmd/dramemory.ts";
import { createClaim, publishNode } from "../allocator/publish.ts";
import { Allocator, allocatorProgram } from "../allocator/allocator.ts";
import { request, twoNodes } from "../allocator/test_cluster.ts";
import { topologyOf } from "../allocator/topologies.ts";
import { requirePeer } from "../go.ts";
import { type ApiServer, startApiServer } from "../kube_apiserver/api_server.ts";
import { featureGateArguments } from "../kube_apiserver/arguments.ts";
import {
  etcdProgram,
  kubernetes136,
  kubernetes137,
  kubernetesProgram,
  type KubernetesRelease,
} from "../kube_apiserver/binaries.ts";
import { createObject } from "../kube_apiserver/manifests.ts";
import { ServerProcess } from "../server_process.ts";

const api = "resource.k8s.io/v1alpha3";
const gates = ["DRAResourcePoolStatus"];
const requests = `/apis/${api}/resourcepoolstatusrequests`;
const allocatorBinary = await requirePeer(allocatorProgram);
const etcd = await requirePeer(etcdProgram);

/** A cluster with two nodes and a claim of 64Mi, whose controller answers requests. */
async function withCluster(
  release: KubernetesRelease,
  use: (server: ApiServer) => Promise<void>,
): Promise<void> {
  const apiServer = await requirePeer(kubernetesProgram("kube-apiserver", release));
  const controllerManager = await requirePeer(kubernetesProgram("kube-controller-manager", release));
  const server = await startApiServer({ apiServer, etcd }, undefined, { featureGates: gates, apis: [api] });
  const controller = ServerProcess.start("kube-controller-manager", server.directory, controllerManager, [
    `--kubeconfig=${server.kubeconfig}`,
    "--leader-elect=false",
    "--secure-port=0",
    "--controllers=resourcepoolstatusrequest-controller",
    ...featureGateArguments(gates),
  ]);
  try {
    for (const node of ["node-a", "node-b"]) await publishNode(server, node, topologyOf(twoNodes));
    await createClaim(server.client, "pages", { requests: [request("pages", "hugepages-2m", "64Mi")] });
    await using allocator = Allocator.start(allocatorBinary, server.kubeconfig);
    const pod = { name: "p", uid: "22222222-0000-4000-8000-000000000001" };
    await allocator.allocate({ node: "node-a", namespace: "default", claims: ["pages"], pod });
    await use(server);
  } finally {
    await controller.stop();
    await server.stop();
  }
}

/** A kubeconfig of somebody who may not list claims. */
async function claimlessKubeconfig(server: ApiServer): Promise<string> {
  const name = "pools-reader", namespace = "default";
  const rbac = "rbac.authorization.k8s.io";
  const objects = [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata: { name },
      rules: [
        {
          apiGroups: ["resource.k8s.io"],
          resources: ["resourcepoolstatusrequests"],
          verbs: ["create", "get", "delete"],
        },
        { apiGroups: ["resource.k8s.io"], resources: ["resourceslices"], verbs: ["list"] },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
  for (const object of objects) await createObject(server.client, object);
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const answer = await server.client.send("POST", path, { spec: {} }) as { status: { token: string } };
  return await server.writeKubeconfig(`${name}.kubeconfig`, answer.status.token);
}

Deno.test("Kubernetes 1.37 counts the pools for whoever may not read claims, and no request is left", () =>
  withCluster(kubernetes137, async (server) => {
    const kubeconfig = await claimlessKubeconfig(server);
    const { code, stdout, stderr } = await dramemory("cluster", "--pool-status", "--kubeconfig", kubeconfig);
    assert.equal(code, 0, stderr);
    assert.equal(
      stdout,
      `NODE    POOL                 DEVICES  CAPACITY  CLAIMED  FREE   STATE
node-a  node-a/hugepages-1g  2        4Gi       0        4Gi    ok
node-a  node-a/hugepages-2m  2        2Gi       64Mi     1.9Gi  ok
node-a  node-a/memory        2        10Gi      0        10Gi   ok
node-b  node-b/hugepages-1g  2        4Gi       0        4Gi    ok
node-b  node-b/hugepages-2m  2        2Gi       0        2Gi    ok
node-b  node-b/memory        2        10Gi      0        10Gi   ok
`,
    );
    const one = await dramemory("cluster", "--pool-status", "--node", "node-b", "--kubeconfig", kubeconfig);
    assert.deepEqual(
      one.stdout.match(/node-\w\/\S+/g),
      ["hugepages-1g", "hugepages-2m", "memory"].map((pool) => `node-b/${pool}`),
    );
    assert.deepEqual((await server.client.send("GET", requests) as { items: unknown[] }).items, []);
    const denied = await dramemory("cluster", "--kubeconfig", kubeconfig);
    assert.match(denied.stderr, /it takes the verb list on resourceclaims/);
  }));

Deno.test("Kubernetes 1.36 answers without capacities, which is said of each pool", () =>
  withCluster(kubernetes136, async ({ kubeconfig }) => {
    const { stdout } = await dramemory("cluster", "--pool-status", "--kubeconfig", kubeconfig);
    assert.match(
      stdout,
      /^node-a +node-a\/hugepages-2m +2 +\? +\? +\? +the cluster counts no capacity of it \(Kubernetes 1\.37 does\)$/m,
    );
  }));

Deno.test("where nobody turned it on it says what that takes", async () => {
  const apiServer = await requirePeer(kubernetesProgram("kube-apiserver", kubernetes137));
  const server = await startApiServer({ apiServer, etcd });
  try {
    const { code, stderr } = await dramemory("cluster", "--pool-status", "--kubeconfig", server.kubeconfig);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /this cluster does not serve \/apis\/resource\.k8s\.io\/v1alpha3\/resourcepoolstatusrequests \(it takes Kubernetes 1\.37 with the feature gate DRAResourcePoolStatus and the API resource\.k8s\.io\/v1alpha3; leave out --pool-status\)/,
    );
  } finally {
    await server.stop();
  }
});
