import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type KubernetesObject, objectsIn, readObjects } from "../deploy/manifests.ts";
import { eventually } from "./bounded.ts";
import { requirePeer } from "./go.ts";
import { allOptions } from "./helm/all_options.ts";
import { chart, helmProgram, renderChart, runHelm } from "./helm/helm.ts";
import { startApiServer } from "./kube_apiserver/api_server.ts";
import { apiServerProgram, etcdProgram } from "./kube_apiserver/binaries.ts";
import { driverToken, unboundToken } from "./kube_apiserver/driver_token.ts";
import { type KubeClient, KubeError } from "./kube_apiserver/kube_client.ts";
import { collectionOf, createObject } from "./kube_apiserver/manifests.ts";
import { defineMonitoringKinds } from "./prometheus_operator/crds.ts";

const [helm, apiServer, etcd] = [
  await requirePeer(helmProgram),
  await requirePeer(apiServerProgram),
  await requirePeer(etcdProgram),
];
const server = await startApiServer({ apiServer, etcd });
const manifests = new URL("../../deploy/manifests/", import.meta.url);
const connection = [`--kubeconfig=${server.kubeconfig}`];
const dryRun = { dryRun: true };

Deno.test.afterAll(() => server.stop());

Deno.test("the API server admits everything that the chart can make, with every option", async () => {
  await defineMonitoringKinds(server.client);
  for (const object of readObjects(await renderChart(helm, allOptions))) {
    await createObject(server.client, object, dryRun);
  }
});

Deno.test("Helm installs, upgrades and removes the chart", async () => {
  const namespace = "helm";
  const release = ["dramemory", fileURLToPath(chart), `--namespace=${namespace}`, ...connection];
  await runHelm(helm, ["install", "--create-namespace", ...release]);
  const daemonSets = `/apis/apps/v1/namespaces/${namespace}/daemonsets/dramemory`;
  assert.match(await textOf("GET", daemonSets), /--log-format=text/);
  await runHelm(helm, ["upgrade", ...release], { driver: { logFormat: "json" } });
  assert.match(await textOf("GET", daemonSets), /--log-format=json/);
  await runHelm(helm, ["uninstall", "dramemory", `--namespace=${namespace}`, ...connection]);
  await assert.rejects(server.client.send("GET", daemonSets), isStatus(404));
});

Deno.test("each instance may write its own node's slices and no others", async () => {
  const { client } = server;
  for (const object of await objectsIn(manifests)) await createObject(client, object);
  for (const name of ["node-a", "node-b"]) await createObject(client, node(name));
  using driver = server.clientWith(await driverToken(server, "node-a"));
  using stray = server.clientWith(await unboundToken(server));
  // A policy counts some time after it was created.
  await eventually(
    "the policy to count",
    30_000,
    () => refuses(createObject(stray, slice("node-a"), dryRun)),
  );

  await createObject(driver, slice("node-a"));
  await update(driver, "node-a");
  await assert.rejects(
    createObject(driver, slice("node-b")),
    forbidden(/may write that node's ResourceSlices only/),
  );
  await assert.rejects(
    createObject(driver, slice("node-a", "other.example.com")),
    forbidden(/those of dra.memory/),
  );
  await assert.rejects(createObject(stray, slice("node-a")), forbidden(/the token names no node/));

  await createObject(client, slice("node-b"));
  await assert.rejects(update(driver, "node-b"), forbidden(/the driver on node node-a/));
  await assert.rejects(remove(driver, "node-b"), forbidden(/the driver on node node-a/));
  await remove(driver, "node-a");
  // Others are none of the policy's business.
  await remove(client, "node-b");
});

Deno.test("where hugepages are for claims, pods that ask for them otherwise are refused, but in namespaces that are let off", async () => {
  const { client } = server;
  const values = { ordinaryHugepagesPolicy: { create: true, exceptNamespaces: ["kube-system"] } };
  const policies = readObjects(await renderChart(helm, values)).filter(({ metadata }) =>
    metadata.name.endsWith("-ordinary-hugepages")
  );
  assert.equal(policies.length, 2);
  for (const object of policies) await createObject(client, object);
  const pages = { limits: { "hugepages-2Mi": "4Mi", memory: "8Mi" } };
  await eventually(
    "the policy to count",
    30_000,
    () => refuses(createObject(client, pod("default", pages), dryRun)),
  );
  await assert.rejects(
    createObject(client, pod("default", {}, pages), dryRun),
    forbidden(/hugepages are given out by claims in this cluster/),
  );
  await createObject(client, pod("default", { limits: { memory: "8Mi" } }), dryRun);
  await createObject(client, pod("default", {}), dryRun);
  await createObject(client, pod("kube-system", pages), dryRun);
});

function pod(namespace: string, resources: object, ofInitContainer: object = {}): KubernetesObject {
  const container = (name: string, resources: object) => ({ name, image: "none", resources });
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "pod", namespace },
    spec: {
      automountServiceAccountToken: false,
      containers: [container("app", resources)],
      initContainers: [container("setup", ofInitContainer)],
    },
  };
}

function node(name: string): KubernetesObject {
  return { apiVersion: "v1", kind: "Node", metadata: { name } };
}

function slice(nodeName: string, driver = "dra.memory"): KubernetesObject {
  return {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceSlice",
    metadata: { name: `slice-of-${nodeName}` },
    spec: { driver, nodeName, pool: { name: nodeName, generation: 1, resourceSliceCount: 1 }, devices: [] },
  };
}

async function update(client: KubeClient, nodeName: string): Promise<void> {
  const object = slice(nodeName), path = `${collectionOf(object)}/${object.metadata.name}`;
  await client.send("PUT", path, { ...object, metadata: { ...object.metadata, labels: { changed: "yes" } } });
}

async function remove(client: KubeClient, nodeName: string): Promise<void> {
  const object = slice(nodeName);
  await client.send("DELETE", `${collectionOf(object)}/${object.metadata.name}`);
}

async function refuses(creation: Promise<unknown>): Promise<boolean> {
  try {
    await creation;
    return false;
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return true;
    throw error;
  }
}

function forbidden(reason: RegExp) {
  return (error: unknown) => isStatus(403)(error) && reason.test(String(error));
}

function isStatus(status: number) {
  return (error: unknown) => error instanceof KubeError && error.status === status;
}

async function textOf(method: string, path: string): Promise<string> {
  return JSON.stringify(await server.client.send(method, path));
}
