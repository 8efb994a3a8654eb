import assert from "node:assert/strict";
import { readClaim } from "../../adapters/driver/kubernetes/claim_mapping.ts";
import { readPodUsage } from "../../adapters/driver/kubernetes/pod_mapping.ts";
import { containersUsing } from "../../core/claims/pod_usage.ts";
import { dramemory } from "../cmd/dramemory.ts";
import { createClaim, publishNode } from "./allocator/publish.ts";
import { request, twoNodes } from "./allocator/test_cluster.ts";
import { topologyOf } from "./allocator/topologies.ts";
import { eventually } from "./bounded.ts";
import { requirePeer } from "./go.ts";
import { startApiServer } from "./kube_apiserver/api_server.ts";
import {
  apiServerProgram,
  etcdProgram,
  kubernetes136,
  kubernetesProgram,
} from "./kube_apiserver/binaries.ts";
import { makeReady, schedulerDecision, startScheduler } from "./kube_apiserver/scheduler.ts";

const [schedulerBinary, apiServer, etcd] = [
  await requirePeer(kubernetesProgram("kube-scheduler", kubernetes136)),
  await requirePeer(apiServerProgram),
  await requirePeer(etcdProgram),
];
const server = await startApiServer({ apiServer, etcd });
const scheduler = startScheduler(server, schedulerBinary);
Deno.test.afterAll(async () => {
  await scheduler.stop();
  await server.stop();
});

const { client } = server;
const namespaced = "/api/v1/namespaces/default";
const numaNode = "resource.kubernetes.io/numaNode";
const page2m = "hugepages-2m";

for (const [node, cordoned] of [["node-a", false], ["node-b", true]] as const) {
  await publishNode(server, node, topologyOf(twoNodes));
  await makeReady(client, node, cordoned);
}
await client.send("POST", `${namespaced}/serviceaccounts`, {
  kind: "ServiceAccount",
  metadata: { name: "default" },
});

/** Claims of pods, in the order in which they are created, and whether they fit. */
const pods: Record<string, { readonly devices: unknown; readonly fits: boolean }> = {
  "most of one NUMA node": { devices: { requests: [request("a", page2m, "768Mi")] }, fits: true },
  "two requests that share a device": {
    devices: { requests: [request("a", page2m, "64Mi"), request("b", page2m, "64Mi")] },
    fits: true,
  },
  "more than any NUMA node": { devices: { requests: [request("a", page2m, "2Gi")] }, fits: false },
  "more than any NUMA node has left": { devices: { requests: [request("a", page2m, "1Gi")] }, fits: true },
  "what is left in all": { devices: { requests: [request("a", page2m, "256Mi")] }, fits: false },
  "three devices where there are two": {
    devices: {
      requests: [{
        ...request("a", "memory", "1Mi"),
        ...{ exactly: { deviceClassName: "dra.memory", count: 3 } },
      }],
    },
    fits: false,
  },
  "a capacity by its domain": {
    devices: {
      requests: [{
        name: "a",
        exactly: { deviceClassName: "dra.memory", capacity: { requests: { "dra.memory/size": "1Mi" } } },
      }],
    },
    fits: false,
  },
  "a selector that errs": {
    devices: { requests: [request("a", "memory", "1Mi", `device.attributes["dra.memory"].socket == 0`)] },
    fits: false,
  },
  "requests on one NUMA node": {
    devices: {
      requests: [request("a", "memory", "1Gi"), request("b", page2m, "64Mi")],
      constraints: [{ requests: ["a", "b"], matchAttribute: numaNode }],
    },
    fits: true,
  },
  "requests on one NUMA node that has no room for both": {
    devices: {
      requests: [
        request("a", "memory", "1Gi", `device.attributes["resource.kubernetes.io"].numaNode == 1`),
        request("b", page2m, "64Mi"),
      ],
      constraints: [{ requests: ["a", "b"], matchAttribute: numaNode }],
    },
    fits: false,
  },
  "the second alternative": {
    devices: {
      requests: [{
        name: "a",
        firstAvailable: ["64Gi", "1Gi"].map((size, index) => ({
          name: `s${index}`,
          deviceClassName: "dra.memory",
          capacity: { requests: { size } },
        })),
      }],
    },
    fits: true,
  },
  "all devices": {
    devices: {
      requests: [{ name: "a", exactly: { deviceClassName: "dra.hugepages-1g", allocationMode: "All" } }],
    },
    fits: true,
  },
  "a class that is not there": {
    devices: { requests: [request("a", "hugepages-16g", "16Gi")] },
    fits: false,
  },
};

let number = 0;
for (const [what, { devices, fits }] of Object.entries(pods)) {
  Deno.test(`the scheduler and explain agree on ${what}: it ${fits ? "fits" : "does not fit"}`, async () => {
    const name = `pod-${number++}`;
    await createClaim(client, name, devices);
    const file = await Deno.makeTempFile({ suffix: ".yaml" });
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      spec: {
        resourceClaims: [{ name: "c", resourceClaimName: name }],
        containers: [{ name: "main", image: "none", resources: { claims: [{ name: "c" }] } }],
      },
    };
    await Deno.writeTextFile(file, JSON.stringify(pod));
    const { code, stdout } = await dramemory("explain", file, "--kubeconfig", server.kubeconfig);
    await Deno.remove(file);
    assert.equal(code, fits ? 0 : 1, stdout);

    await client.send("POST", `${namespaced}/pods`, pod);
    const decided = await eventually("a decision of the scheduler", 60_000, () => {
      scheduler.checkRunning();
      return schedulerDecision(client, name);
    });
    assert.equal(decided.node, fits ? "node-a" : undefined, `${decided.message}\n${stdout}`);
    assert.match(stdout, /1 node is cordoned/);
  });
}

Deno.test("an extended resource counts NUMA nodes, and is one claim of all containers of the pod", async () => {
  const name = "extended", resource = "deviceclass.resource.kubernetes.io/dra.memory";
  const containers = [["main", "2"], ["side", "1"]].map(([name = "", count = ""]) => (
    { name, image: "none", resources: { limits: { [resource]: count } } }
  ));
  await client.send("POST", `${namespaced}/pods`, {
    kind: "Pod",
    metadata: { name },
    spec: { containers },
  });
  const decided = await eventually("a decision of the scheduler", 60_000, () => {
    scheduler.checkRunning();
    return schedulerDecision(client, name);
  });
  assert.equal(decided.node, "node-a", decided.message);

  const usage = readPodUsage(await client.send("GET", `${namespaced}/pods/${name}`));
  const [claimName = ""] = usage.claimNames.values();
  assert.deepEqual(containersUsing(usage, claimName).map(({ name }) => name), ["main", "side"]);
  const path = `/apis/resource.k8s.io/v1/namespaces/default/resourceclaims/${claimName}`;
  const { allocation } = readClaim(await client.send("GET", path));
  assert.deepEqual(
    allocation?.results.map(({ device, consumedCapacity }) => [device, consumedCapacity?.size]),
    [
      ["memory-numa0", "1Mi"],
      ["memory-numa1", "1Mi"],
      ["memory-numa0", "1Mi"],
    ],
  );
});
