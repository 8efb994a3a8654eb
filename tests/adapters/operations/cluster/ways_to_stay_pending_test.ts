import assert from "node:assert/strict";
import type { Verdict } from "../../../../core/operations/explain/explain.ts";
import { documentedWords } from "../../../e2e/cluster/documented_ways.ts";
import { explained } from "./_explained.ts";
import { type ApiObject, claim, held, MemoryCluster, pod, request, template } from "./memory_cluster.ts";

interface Way {
  readonly cluster: MemoryCluster;
  readonly verdict: Verdict;
  /** Sentences of the answer. */
  readonly says: readonly string[];
}

const page2m = "dra.hugepages-2m";
const numaNode = "resource.kubernetes.io/numaNode";

/** A cluster of one or two nodes, and a pod `p` with a claim `c`. */
function asking(
  requests: ApiObject[],
  { constraints = [] as ApiObject[], nodes = ["node-a"], minor = 36, rest = {} } = {},
) {
  const cluster = new MemoryCluster(minor).add(claim("c", requests, constraints), pod("p", ["c"], rest));
  for (const node of nodes) cluster.addNode(node);
  return cluster;
}

/** A pod on its node whose container waits, and an event about it. */
function told(event: ApiObject, phase = "Pending"): MemoryCluster {
  const waiting = { reason: "CreateError", message: "it is said here" };
  return new MemoryCluster().addNode("node-a").add(
    held("c", "node-a:memory-numa0", "1Gi", "p"),
    pod("p", ["c"], { nodeName: "node-a" }, {
      phase,
      containerStatuses: [{ name: "main", state: { waiting } }],
    }),
    {
      kind: "Event",
      metadata: { name: "e" },
      type: "Warning",
      involvedObject: { kind: "Pod", name: "p", uid: "uid-of-p" },
      ...event,
    },
  );
}

const ways: Record<string, Way> = {
  "more than any NUMA node has": {
    cluster: asking([request("ram", "dra.memory", "8Gi")], { nodes: ["node-a", "node-b"] }),
    verdict: "does-not-fit",
    says: [
      "2 nodes are too small for request ram of c: no NUMA node has 8Gi even when it is empty, the largest is node-a memory-numa0 with 7Gi",
      "Ask for 7Gi or less in request ram of c: it fits on node-a then.",
      "Ask for it in 2 requests of 4Gi in place of request ram of c",
    ],
  },
  "other claims hold too much": {
    cluster: asking([request("ram", "dra.memory", "4Gi")], { nodes: ["node-a", "node-b"] })
      .add(held("one", "node-a:memory-numa0", "6Gi", "x"), held("two", "node-a:memory-numa1", "5Gi", "x"))
      .add(
        held("three", "node-b:memory-numa0", "6Gi", "x"),
        held("four", "node-b:memory-numa1", "3584Mi", "x"),
      ),
    verdict: "does-not-fit",
    says: [
      "2 nodes lack 4Gi on any one NUMA node for request ram of c, the nearest is node-b memory-numa1 with 3.5Gi free",
      "Ask for 3.5Gi or less in request ram of c: it fits on node-b then.",
      "Without claim default/four, which holds 3.5Gi, it fits on node-b then.",
    ],
  },
  "enough in all, but not on one NUMA node": {
    cluster: asking([request("pages", page2m, "1Gi")])
      .add(
        held("one", "node-a:hugepages-2m-numa0", "256Mi", "x"),
        held("two", "node-a:hugepages-2m-numa1", "256Mi", "x"),
      ),
    verdict: "does-not-fit",
    says: [
      "Ask for it in 2 requests of 512Mi in place of request pages of c, which may come from several NUMA nodes",
    ],
  },
  "count: 2 on a machine with one device": {
    cluster: new MemoryCluster().add(
      claim("c", [request("pages", page2m, "2Mi", { count: 2 })]),
      pod("p", ["c"]),
    )
      .addNode("node-a", { nodes: 1, pageSize: "4k", memory: "8Gi", hugepages: { "2m": 512 } }),
    verdict: "does-not-fit",
    says: [
      "1 node has 1 of the 2 devices that request pages of c wants: the devices of one request are different ones",
      "Write 2 requests in place of count: 2",
    ],
  },
  "the name of the capacity has the driver's domain": {
    cluster: asking([request("ram", "dra.memory", undefined, {
      capacity: { requests: { "dra.memory/size": "1Gi" } },
    })]),
    verdict: "blocked",
    says: [
      "Request ram of c asks for dra.memory/size. Its devices call it size, and this version of the scheduler compares names as they stand: nothing ever matches, without a word. Write size.",
      "Write size as the name of the capacity in request ram of c: it fits on node-a then.",
    ],
  },
  "another capacity is asked for": {
    cluster: asking([request("ram", "dra.memory", undefined, { capacity: { requests: { memory: "1Gi" } } })]),
    verdict: "does-not-fit",
    says: [
      "1 node has no device with a capacity named memory, which request ram of c asks for: there is size alone",
      "Write size as the name of the capacity in request ram of c: it fits on node-a then.",
    ],
  },
  "allocationMode: All while one device is full (1.37)": {
    cluster: asking([request("pages", page2m, "2Mi", { allocationMode: "All" })], { minor: 37 })
      .add(held("one", "node-a:hugepages-2m-numa1", "1Gi", "x")),
    verdict: "does-not-fit",
    says: [
      "1 node cannot give all devices to request pages of c: node-a hugepages-2m-numa1 has no room for it",
      "it takes a share of each NUMA node at once, and waits as long as one of them has no room.",
      "Without claim default/one, which holds 1Gi, it fits on node-a then.",
    ],
  },
  "a selector that errs": {
    cluster: asking([request("ram", "dra.memory", "1Gi", {
      selectors: [{ cel: { expression: `device.attributes["dra.memory"].socket == 0` } }],
    })]),
    verdict: "does-not-fit",
    says: [
      `on 1 node the scheduler gives the pod up: the selector device.attributes["dra.memory"].socket == 0 errs on memory-numa0: No such key: socket`,
      "The devices of class dra.memory, which request ram of c selects among, have resource.kubernetes.io/numaNode (0, 1), ",
      "ask first, as in has(device.attributes[…].name), or write .?name.orValue(…).",
    ],
  },
  "a selector that nothing satisfies": {
    cluster: asking([request("ram", "dra.memory", "1Gi", {
      selectors: [{ cel: { expression: `device.attributes["${numaNode.split("/")[0]}"].numaNode == 7` } }],
    })]),
    verdict: "does-not-fit",
    says: [
      "1 node has no device that the selector of request ram of c takes: device.attributes",
      "resource.kubernetes.io/numaNode (0, 1)",
    ],
  },
  "the class is missing": {
    cluster: asking([request("pages", "dra.hugepages-1g", "1Gi")]),
    verdict: "blocked",
    says: [
      "Request pages of c names the DeviceClass dra.hugepages-1g, which does not exist. Create it (this driver's: dramemory manifests on a node, or the chart; another's comes with that driver), or name one of: dra.memory, dra.hugepages-2m.",
    ],
  },
  "the node has no hugepages of that size": {
    cluster: new MemoryCluster().add(claim("c", [request("pages", page2m, "2Mi")]), pod("p", ["c"]))
      .addNode("node-a", { nodes: 2, pageSize: "4k", memory: "8Gi", hugepages: {} }),
    verdict: "does-not-fit",
    says: ["1 node has no device of class dra.hugepages-2m for request pages of c"],
  },
  "the claim is missing": {
    cluster: new MemoryCluster().add(pod("p", ["c"])).addNode("node-a"),
    verdict: "blocked",
    says: [
      "There is no ResourceClaim c in namespace default. Create it, or name a ResourceClaimTemplate in the pod.",
    ],
  },
  "the claim is in another namespace": {
    cluster: new MemoryCluster().add(pod("p", ["c"])).addNode("node-a").add({
      ...claim("c", [request("ram", "dra.memory", "1Gi")]),
      metadata: { name: "c", namespace: "team" },
    }),
    verdict: "blocked",
    says: ["One of that name is in team: a pod is given those of its own namespace alone."],
  },
  "the claim cannot be made of its template": {
    cluster: new MemoryCluster().addNode("node-a").add(
      template("t", [request("ram", "dra.memory", "1Gi")]),
      pod("p", ["c"], { resourceClaims: [{ name: "c", resourceClaimTemplateName: "t" }] }),
      {
        kind: "Event",
        metadata: { name: "e" },
        type: "Warning",
        reason: "FailedResourceClaimCreation",
        message: "(combined from similar events): PodResourceClaim c: create ResourceClaim : " +
          'resourceclaims.resource.k8s.io "p-c-x" is forbidden: exceeded quota: q, requested: ' +
          "count/resourceclaims.resource.k8s.io=1, used: count/resourceclaims.resource.k8s.io=0, limited: " +
          "count/resourceclaims.resource.k8s.io=0",
        involvedObject: { kind: "Pod", name: "p", uid: "uid-of-p" },
      },
    ),
    verdict: "blocked",
    says: [
      "Its claim cannot be made (FailedResourceClaimCreation): PodResourceClaim c: create ResourceClaim",
      "A ResourceQuota of the namespace allows no more (kubectl describe quota)",
    ],
  },
  "a container names a request that the claim lacks": {
    cluster: new MemoryCluster().addNode("node-a").add(
      claim("c", [request("ram", "dra.memory", "1Gi")]),
      pod("p", ["c"], {
        containers: [{ name: "main", resources: { claims: [{ name: "c", request: "rma" }] } }],
      }),
    ),
    verdict: "blocked",
    says: [
      "Container main wants the request rma of claim c, which has none of that name: it is given nothing, without a word. Name one of: ram; or none, for all of them.",
    ],
  },
  "the template is missing": {
    cluster: new MemoryCluster().addNode("node-a").add(
      pod("p", ["c"], { resourceClaims: [{ name: "c", resourceClaimTemplateName: "t" }] }),
    ),
    verdict: "blocked",
    says: [
      "There is no ResourceClaimTemplate t in namespace default. Create it: the claim is made as soon as it is there.",
    ],
  },
  "the claim was not made of its template yet": {
    cluster: new MemoryCluster().addNode("node-a").add(
      template("t", [request("ram", "dra.memory", "1Gi")]),
      pod("p", ["c"], { resourceClaims: [{ name: "c", resourceClaimTemplateName: "t" }] }),
    ),
    verdict: "blocked",
    says: ["The claim c was not made of the template t yet."],
  },
  "the template was changed after the claim was made": {
    cluster: new MemoryCluster().addNode("node-a").add(
      template("t", [request("ram", "dra.memory", "1Gi")]),
      claim("p-c-x", [request("ram", "dra.memory", "9Gi")]),
      pod("p", ["c"], { resourceClaims: [{ name: "c", resourceClaimTemplateName: "t" }] }, {
        resourceClaimStatuses: [{ name: "c", resourceClaimName: "p-c-x" }],
      }),
    ),
    verdict: "does-not-fit",
    says: [
      "The template t says something else by now than the claim that was made of it. A claim never changes: delete the pod, so that a new one is made of the template as it is now.",
    ],
  },
  "two pods share a claim": {
    cluster: asking([request("ram", "dra.memory", "1Gi")]).add(pod("q", ["c"])),
    verdict: "blocked",
    says: [
      "The claim c is used by pod q as well, but a claim of this driver serves one pod: the driver refuses it to the others.",
    ],
  },
  "two containers share a claim": {
    cluster: new MemoryCluster().addNode("node-a").add(
      held("c", "node-a:memory-numa0", "1Gi", "p"),
      pod("p", ["c"], {
        nodeName: "node-a",
        containers: ["main", "side"].map((name) => ({ name, resources: { claims: [{ name: "c" }] } })),
      }),
    ),
    verdict: "blocked",
    says: [
      "The driver refuses to prepare claim c: the containers main and side of pod p use it, but a claim belongs to one container. Give each a claim of its own.",
    ],
  },
  "the claim lies on another node already": {
    cluster: new MemoryCluster().addNode("node-a").addNode("node-b").add(
      { kind: "Node", metadata: { name: "unused" } },
      held("c", "node-a:memory-numa0", "1Gi"),
      claim("d", [request("pages", page2m, "2Gi")]),
      pod("p", ["c", "d"]),
    ),
    verdict: "does-not-fit",
    says: ["2 nodes are not node-a, which claim c lies on already"],
  },
  "the device is tainted": {
    cluster: new MemoryCluster().add(claim("c", [request("ram", "dra.memory", "1Gi")]), pod("p", ["c"]))
      .addNode("node-a", undefined, ({ spec }) => {
        for (const device of spec.devices) {
          device.taints = [{ key: "failing", value: "ecc", effect: "NoExecute" }];
        }
      }),
    verdict: "does-not-fit",
    says: [
      "1 node has only devices with taints that request ram of c does not tolerate: memory-numa0 failing=ecc:NoExecute",
      "Tolerate the device's taint failing=ecc:NoExecute in request ram of c: it fits on node-a then.",
    ],
  },
  "the node is tainted": {
    cluster: asking([request("ram", "dra.memory", "1Gi")], { nodes: [] }).addNode("node-a").add({
      kind: "Node",
      metadata: { name: "node-b" },
      spec: { taints: [{ key: "dedicated", value: "db", effect: "NoSchedule" }] },
    }).add(held("one", "node-a:memory-numa0", "7Gi", "x"), held("two", "node-a:memory-numa1", "7Gi", "x")),
    verdict: "does-not-fit",
    says: ["1 node has the taint dedicated=db:NoSchedule, which the pod does not tolerate"],
  },
  "the node is cordoned": {
    cluster: asking([request("ram", "dra.memory", "1Gi")], { nodes: [] })
      .add({ kind: "Node", metadata: { name: "node-a" }, spec: { unschedulable: true } }),
    verdict: "does-not-fit",
    says: ["1 node is cordoned (kubectl uncordon)"],
  },
  "the pod's nodeSelector": {
    cluster: asking([request("ram", "dra.memory", "1Gi")], { rest: { nodeSelector: { tier: "fast" } } }),
    verdict: "does-not-fit",
    says: ["1 node lacks the label tier=fast of the pod's nodeSelector"],
  },
  "the pod's node affinity": {
    cluster: asking([request("ram", "dra.memory", "1Gi")], {
      rest: {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: "zone", operator: "In", values: ["z1"] }] }],
            },
          },
        },
      },
    }),
    verdict: "does-not-fit",
    says: ["1 node does not match the pod's node affinity"],
  },
  "matchAttribute cannot be had": {
    cluster: asking([request("ram", "dra.memory", "4Gi"), request("pages", page2m, "1Gi")], {
      constraints: [{ requests: ["ram", "pages"], matchAttribute: numaNode }],
    }).add(
      held("one", "node-a:memory-numa0", "6Gi", "x"),
      held("two", "node-a:hugepages-2m-numa1", "512Mi", "x"),
    ),
    verdict: "does-not-fit",
    says: [
      "1 node has devices for each request of c, but none that agree on resource.kubernetes.io/numaNode",
      "Without claim default/two, which holds 512Mi, it fits on node-a then.",
    ],
  },
  "several requests together are too much": {
    cluster: asking([
      request("a", page2m, "768Mi"),
      request("b", page2m, "768Mi"),
      request("d", page2m, "512Mi"),
    ]),
    verdict: "does-not-fit",
    says: [
      "1 node has enough for each request alone, but not for all of them together",
      "Ask for 256Mi or less in request d of c: it fits on node-a then.",
    ],
  },
  "no alternative of firstAvailable is there": {
    cluster: asking([{
      name: "pages",
      firstAvailable: [
        { name: "large", deviceClassName: page2m, capacity: { requests: { size: "4Gi" } } },
        { name: "small", deviceClassName: page2m, capacity: { requests: { size: "2Gi" } } },
      ],
    }]),
    verdict: "does-not-fit",
    says: ["1 node is too small for request pages of c: no NUMA node has 2Gi"],
  },
  "the driver does not run on the node": {
    cluster: asking([request("ram", "dra.memory", "1Gi")], { nodes: [] })
      .add({ kind: "Node", metadata: { name: "node-a" } }),
    verdict: "does-not-fit",
    says: ["1 node publishes no memory or hugepages (does the driver run there?)"],
  },
  "a pool is being written": {
    cluster: new MemoryCluster().add(claim("c", [request("ram", "dra.memory", "1Gi")]), pod("p", ["c"]))
      .addNode("node-a", undefined, ({ spec }) => spec.pool.resourceSliceCount = 2),
    verdict: "does-not-fit",
    says: ["1 node has a pool that is being written: node-a/memory lacks slices (request ram of c)"],
  },
  "more devices than a claim can have": {
    cluster: asking([request("ram", "dra.memory", "2Mi", { count: 33 })]),
    verdict: "does-not-fit",
    says: ["on 1 node the scheduler gives the pod up: it asks for 33 devices, and a claim can have 32"],
  },
  "scheduling gates": {
    cluster: asking([request("ram", "dra.memory", "1Gi")], {
      rest: { schedulingGates: [{ name: "quota" }] },
    }),
    verdict: "blocked",
    says: ["Scheduling gates hold the pod back: quota. The scheduler leaves it alone."],
  },
  "the pod names its node itself": {
    cluster: asking([request("ram", "dra.memory", "1Gi")], { rest: { nodeName: "node-a" } }),
    verdict: "blocked",
    says: [
      "The pod names its node itself (spec.nodeName): the scheduler never sees it, and nobody allocates its claims.",
    ],
  },
  "configuration that the driver does not know": {
    cluster: new MemoryCluster().addNode("node-a").add({
      ...claim("c", []),
      spec: {
        devices: {
          requests: [request("ram", "dra.memory", "1Gi")],
          config: [{ opaque: { driver: "dra.memory", parameters: {} } }],
        },
      },
    }, pod("p", ["c"])),
    verdict: "blocked",
    says: [
      "The driver refuses to prepare claim c: its configuration cannot be used: apiVersion: it is missing; kind: it is missing.",
    ],
  },
  "the pool shrank after the claim was allocated": {
    cluster: new MemoryCluster().addNode("node-a").add(
      held("c", "node-a:hugepages-2m-numa0", "2Gi", "p"),
      pod("p", ["c"], { nodeName: "node-a" }),
    ),
    verdict: "blocked",
    says: [
      "The driver refuses to prepare it: Cannot honor claim default/c, request r, device node-a/hugepages-2m/hugepages-2m-numa0: 2147483648 bytes wanted, the device has 1073741824 bytes.",
      "Delete the pod, so that it is scheduled anew on what there is now.",
    ],
  },
  "the scheduler did not say how much": {
    cluster: new MemoryCluster().addNode("node-a").add(
      ((claim) => {
        delete claim.status.allocation.devices.results[0].consumedCapacity;
        return claim;
      })(held("c", "node-a:memory-numa0", "1Gi", "p")),
      pod("p", ["c"], { nodeName: "node-a" }),
    ),
    verdict: "blocked",
    says: ["the scheduler did not say how much (is the feature gate DRAConsumableCapacity on?)"],
  },
  "the driver's pod is not ready": {
    cluster: new MemoryCluster().addNode("node-a").add(
      held("c", "node-a:memory-numa0", "1Gi", "p"),
      pod("p", ["c"], { nodeName: "node-a" }),
      {
        kind: "Pod",
        metadata: {
          name: "dramemory-x",
          namespace: "kube-system",
          labels: { "app.kubernetes.io/name": "dramemory" },
        },
        spec: { nodeName: "node-a", containers: [{ name: "dramemory", image: "dramemory:0.1.0" }] },
        status: { conditions: [{ type: "Ready", status: "False" }] },
      },
    ),
    verdict: "blocked",
    says: ["The driver's pod dramemory-x on node-a is not ready: nobody prepares the claim there."],
  },
  "the scheduler lacks something else": {
    cluster: asking([request("ram", "dra.memory", "1Gi")]).change("Pod", "p", ({ status }) => {
      status.conditions = [{
        type: "PodScheduled",
        status: "False",
        message: "0/1 nodes are available: 1 Insufficient cpu.",
      }];
    }),
    verdict: "blocked",
    says: [
      "The scheduler says: 0/1 nodes are available: 1 Insufficient cpu. What the claims ask for is there, so it is something else",
    ],
  },
  "no scheduler looks at it": {
    cluster: asking([request("ram", "dra.memory", "1Gi")], { rest: { schedulerName: "nobody" } }),
    verdict: "fits",
    says: ["The pod wants the scheduler nobody.", "No scheduler has said anything of the pod yet."],
  },
  "the driver went after the claim was allocated": {
    cluster: new MemoryCluster().add(
      { kind: "Node", metadata: { name: "node-a" } },
      held("c", "node-a:memory-numa0", "1Gi", "p"),
      pod("p", ["c"], { nodeName: "node-a" }),
    ),
    verdict: "blocked",
    says: ["Node node-a publishes no memory or hugepages now"],
  },
  "the node's kubelet is silent": {
    cluster: new MemoryCluster().addNode("node-a").add(
      held("c", "node-a:memory-numa0", "1Gi", "p"),
      pod("p", ["c"], { nodeName: "node-a" }),
    ).change("Node", "node-a", (node) => {
      node.status = { conditions: [{ type: "Ready", status: "Unknown" }] };
    }),
    verdict: "blocked",
    says: ["Node node-a is not ready: its kubelet does nothing for the pod."],
  },
  "something else has taken the pages": {
    cluster: told({
      reason: "FailedPrepareDynamicResources",
      message:
        "Cannot prepare claim default/c: it wants 4Mi in hugepages of 2Mi on NUMA node 0, where 2Mi of 1Gi are free",
    }),
    verdict: "blocked",
    says: ["Something outside of Kubernetes holds pages"],
  },
  "the claim's file on the node is gone or damaged": {
    cluster: told(
      { reason: "Failed", message: "Error: unresolvable CDI devices dra.memory/claim=7" },
      "Running",
    ),
    verdict: "blocked",
    says: ["delete the pod, so that its claim is prepared anew."],
  },
  "the runtime starts nothing without the driver": {
    cluster: told({ reason: "Failed", message: `validation error: required plugin "dramemory" not present` }),
    verdict: "blocked",
    says: ["look at the driver's pod on that node."],
  },
  "the image cannot be had": {
    cluster: told({ reason: "Failed", message: "Error: ErrImagePull" }),
    verdict: "blocked",
    says: ["Container main waits (CreateError): it is said here", "Error: ErrImagePull"],
  },
  "nothing is said, and it does not start": {
    cluster: new MemoryCluster().addNode("node-a").add(
      held("c", "node-a:memory-numa0", "1Gi", "p"),
      pod("p", ["c"], { nodeName: "node-a" }),
    ),
    verdict: "holds",
    says: [
      "Pod default/p: on node-a, it has what it asked for and does not run",
      "The driver on node-a does not say that it prepared claim c. If it stays so: does its pod run there, and does the kubelet know it",
    ],
  },
  "its claim is prepared, and it does not start": {
    cluster: new MemoryCluster().addNode("node-a").add(
      held("c", "node-a:memory-numa0", "1Gi", "p"),
      pod("p", ["c"], { nodeName: "node-a" }),
    ).change("ResourceClaim", "c", (claim) => {
      claim.status.devices = [
        { driver: "dra.net", conditions: [{ type: "Placed", status: "True" }] },
        { driver: "dra.memory", conditions: [{ type: "Prepared", status: "True" }] },
      ];
    }),
    verdict: "holds",
    says: ["The driver on node-a has prepared claim c, and no container has it yet."],
  },
  "the kubelet says why": {
    cluster: new MemoryCluster().addNode("node-a").add(
      held("c", "node-a:memory-numa0", "1Gi", "p"),
      pod("p", ["c"], { nodeName: "node-a" }),
      {
        kind: "Event",
        metadata: { name: "e" },
        type: "Warning",
        reason: "FailedPrepareDynamicResources",
        count: 7,
        message: "prepare dynamic resources: DRA driver dra.memory is not registered",
        involvedObject: { kind: "Pod", name: "p", uid: "uid-of-p" },
        lastTimestamp: "2026-01-01T00:00:00Z",
      },
    ),
    verdict: "blocked",
    says: [
      "On its node (FailedPrepareDynamicResources, 7 times, last at 2026-01-01T00:00:00Z): " +
      "prepare dynamic resources: DRA driver dra.memory is not registered. The kubelet does not know the driver",
    ],
  },
};

for (const [way, { cluster, verdict, says }] of Object.entries(ways)) {
  Deno.test(`explain names the cause, as the documentation has it: ${way}`, async () => {
    const { text, explanation } = await explained(cluster, "p");
    for (const sentence of says) assert.ok(text.includes(sentence), `${sentence}\n\nis not in\n\n${text}`);
    assert.equal(explanation.verdict, verdict, text);
    assert.match(text, documentedWords(way));
  });
}
