import assert from "node:assert/strict";
import { deviceClasses } from "../../../../core/devices/device_class.ts";
import { topologyOf } from "../../../peers/allocator/topologies.ts";
import { explained } from "./_explained.ts";
import { type ApiObject, claim, held, machine, MemoryCluster, pod, request } from "./memory_cluster.ts";

const numaNode = "resource.kubernetes.io/numaNode";

function asking(requests: ApiObject[], constraints: ApiObject[] = [], minor = 36): MemoryCluster {
  return new MemoryCluster(minor).addNode("node-a").add(claim("c", requests, constraints), pod("p", ["c"]));
}

/** What the scheduler does in silence, and what is said of it. */
const silences: Record<string, readonly [MemoryCluster, string]> = {
  "a size that is no multiple of the page": [
    asking([request("pages", "dra.hugepages-2m", "3Mi")]),
    "Request pages of c asks for 3Mi and is given 4Mi: hugepages-2m-numa0 gives whole pages.",
  ],
  "a size of nothing": [
    asking([request("pages", "dra.hugepages-2m", "0")]),
    "Request pages of c asks for 0 and is given 2Mi",
  ],
  "no size at all": [
    asking([request("ram", "dra.memory")]),
    "Request ram of c says no size: it is given 1Mi.",
  ],
  "several devices in one request": [
    asking([request("pages", "dra.hugepages-2m", "2Mi", { count: 2 })]),
    "Request pages of c has count: 2: that is 2 different devices, which are as many NUMA nodes, never two shares of one.",
  ],
  "all devices": [
    asking([request("pages", "dra.hugepages-2m", "2Mi", { allocationMode: "All" })]),
    "it takes a share of each NUMA node at once, and leaves out those that have no room now.",
  ],
  "a constraint that is forgotten": [
    asking([request("ram", "dra.memory", "1Mi", { count: 3 })], [{ distinctAttribute: numaNode }]),
    "before Kubernetes 1.37 the scheduler compares each with the one before it alone, and may give two alike.",
  ],
  "a claim that no container uses": [
    new MemoryCluster().addNode("node-a").add(
      claim("c", [request("ram", "dra.memory", "1Mi")]),
      pod("p", ["c"], { containers: [{ name: "main" }] }),
    ),
    "No container names the claim c in resources.claims: it is allocated, and nobody gets it.",
  ],
  "a claim that the pod does not have": [
    new MemoryCluster().addNode("node-a").add(
      pod("p", [], { containers: [{ name: "main", resources: { claims: [{ name: "c" }] } }] }),
    ),
    `Container main names the claim "c", which is none of the pod's resourceClaims`,
  ],
  "no claims at all": [
    new MemoryCluster().addNode("node-a").add(pod("p", [])),
    "Pod default/p: nothing to judge\n\nTo know:\n  - It has no claims: nothing of it is judged.",
  ],
  "a pod that has ended": [
    new MemoryCluster().addNode("node-a").add(pod("p", ["c"], {}, { phase: "Succeeded" })),
    "Pod default/p: nothing to judge\n\nTo know:\n  - The pod has ended (Succeeded): it holds nothing any more.",
  ],
  "a claim that an earlier pod of the same name has": [
    new MemoryCluster().addNode("node-a").add(held("c", "node-a:memory-numa0", "1Gi", "p"), pod("p", ["c"]))
      .change("Pod", "p", ({ metadata }) => metadata.uid = "another"),
    "What keeps it:\n  - The claim c is still reserved for an earlier pod p: the driver refuses it to this one. It passes",
  ],
  "another driver's request": [
    asking([request("ram", "dra.memory", "1Mi"), request("nic", "nic", undefined)]).add({
      kind: "DeviceClass",
      metadata: { name: "nic" },
      spec: { selectors: [{ cel: { expression: `device.driver == "dra.net"` } }] },
    }),
    "Request nic of c is for dra.net, and is not judged.",
  ],
};

Deno.test("a taint that a rule gives to devices counts as one of the slice, on the devices that it selects", async () => {
  const rule = (deviceSelector: ApiObject, name: string) => ({
    kind: "DeviceTaintRule",
    metadata: { name },
    spec: { deviceSelector, taint: { key: "down", value: "yes", effect: "NoSchedule" } },
  });
  const ask = [request("pages", "dra.hugepages-2m", "2Mi")];
  const one = await explained(asking(ask).add(rule({ device: "hugepages-2m-numa0" }, "one")), "p");
  assert.match(one.text, /node-a: pages 2Mi of hugepages-2m-numa1/);
  const all = await explained(asking(ask).add(rule({ driver: "dra.memory" }, "all")), "p");
  assert.match(all.text, /1 node has only devices with taints that request pages of c does not tolerate/);
  const other = await explained(asking(ask).add(rule({ driver: "dra.net" }, "other")), "p");
  assert.equal(other.explanation.verdict, "fits");
});

for (const [what, [cluster, sentence]] of Object.entries(silences)) {
  Deno.test(`explain says aloud: ${what}`, async () => {
    const { text } = await explained(cluster, "p");
    assert.ok(text.includes(sentence), text);
  });
}

Deno.test("from 1.37 on nothing is said of a constraint that is not forgotten any more", async () => {
  const requests = [request("ram", "dra.memory", "1Mi", { count: 3 })];
  const { text } = await explained(asking(requests, [{ distinctAttribute: numaNode }], 37), "p");
  assert.ok(!text.includes("two alike"), text);
});

Deno.test("from 1.38 on a capacity by its domain is one", async () => {
  const requests = [
    request("ram", "dra.memory", undefined, { capacity: { requests: { "dra.memory/size": "1Gi" } } }),
  ];
  const { explanation } = await explained(asking(requests, [], 38), "p");
  assert.equal(explanation.verdict, "fits");
});

Deno.test("from 1.38 on a capacity that is asked for under both its names has the scheduler give the pod up", async () => {
  const both = { capacity: { requests: { "dra.memory/size": "1Gi", size: "1Gi" } } };
  const { text } = await explained(asking([request("ram", "dra.memory", undefined, both)], [], 38), "p");
  assert.match(text, /the scheduler gives the pod up: it asks for size twice/);
});

Deno.test("an amount below nothing is rounded up, and from 1.38 on refused", async () => {
  const of = async (minor: number) =>
    (await explained(asking([request("ram", "dra.memory", "-1")], [], minor), "p")).text;
  assert.match(await of(37), /node-a: ram 4Ki of memory-numa0/);
  assert.match(await of(38), /the scheduler gives the pod up: it asks for -1, which is less than nothing/);
});

Deno.test("all devices beside a pool that is being written: before 1.38 nobody gets the pod", async () => {
  const all = [request("pages", "dra.hugepages-2m", "2Mi", { allocationMode: "All" })];
  const of = async (minor: number) => {
    const cluster = asking(all, [], minor).addNode("node-b", machine, ({ spec }) => {
      if (spec.pool.name === "node-b/memory") spec.pool.resourceSliceCount = 2;
    });
    return (await explained(cluster, "p")).text;
  };
  assert.match(
    await of(37),
    /on 1 node the scheduler gives the pod up: it asks for all devices, and pool node-b/,
  );
  assert.match(await of(38), /1 node has a pool that is being written: node-b\/memory lacks slices/);
});

Deno.test("from 1.38 on a device that is no longer shared waits for the claims that hold shares of it", async () => {
  const of = async (minor: number) => {
    const cluster = new MemoryCluster(minor).addNode("node-a", machine, ({ spec }) => {
      for (const device of spec.devices) {
        delete device.allowMultipleAllocations;
        delete device.capacity.size.requestPolicy;
      }
    }).add(
      held("one", "node-a:memory-numa0", "1Gi", "x"),
      held("two", "node-a:memory-numa1", "1Gi", "x"),
      claim("c", [request("ram", "dra.memory", "1Gi")]),
      pod("p", ["c"]),
    );
    return await explained(cluster, "p");
  };
  assert.equal((await of(37)).explanation.verdict, "fits");
  assert.match(
    (await of(38)).text,
    /only devices that other claims hold and that cannot be shared with them/,
  );
});

Deno.test("claims are read a second time only where one that could go is looked for", async () => {
  const cluster = asking([request("ram", "dra.memory", "4Gi")]).add(
    held("one", "node-a:memory-numa0", "6Gi", "x"),
    held("two", "node-a:memory-numa1", "5Gi"),
  );
  const full = await explained(cluster, "p");
  assert.match(
    full.text,
    /Without claim default\/two, which no pod uses and holds 5Gi, it fits on node-a then\./,
  );
  const before = cluster.pagesRead;
  cluster.change("ResourceClaim", "c", (object) => {
    object.spec.devices.requests[0].exactly.capacity.requests.size = "64Gi";
  });
  await explained(cluster, "p");
  assert.equal(cluster.pagesRead - before, before - 2, "the three claims are two pages");
});

Deno.test("where pages of one size are all taken, those of another are proposed", async () => {
  const both = { ...machine, hugepages: { "2m": 512, "1g": 1 } };
  const cluster = new MemoryCluster().addNode("node-a", both).add(
    ...deviceClasses(topologyOf(both)).filter(({ metadata }) => metadata.name === "dra.hugepages-1g"),
    held("one", "node-a:hugepages-1g-numa0", "1Gi", "x"),
    held("two", "node-a:hugepages-1g-numa1", "1Gi", "x"),
    claim("c", [request("pages", "dra.hugepages-1g", "1Gi")]),
    pod("p", ["c"]),
  );
  const { text } = await explained(cluster, "p");
  assert.match(text, /Use the class dra\.hugepages-2m in request pages of c: it fits on node-a then\./);
});
