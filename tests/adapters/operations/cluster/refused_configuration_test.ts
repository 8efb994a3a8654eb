import assert from "node:assert/strict";
import { explained } from "./_explained.ts";
import { type ApiObject, claim, held, MemoryCluster, pod, request } from "./memory_cluster.ts";

const interleave = { policy: "interleave" }, aboveHigh = { limits: { highPercent: 50, minPercent: 60 } };

const says = {
  hugepages: "policy: interleave is for memory, and request r was given hugepages-2m: hugepages keep bind.",
  high:
    "limits.minPercent: 60 is above limits.highPercent, 50: the kernel would be told to keep what it is told to " +
    "take back: write 50 or less.",
} as const;

function config(fields: ApiObject): ApiObject[] {
  const parameters = { apiVersion: "dra.memory/v1alpha1", kind: "MemoryConfig", ...fields };
  return [{ opaque: { driver: "dra.memory", parameters } }];
}

function cluster(nodes: readonly string[], requests: ApiObject[], fields: ApiObject): MemoryCluster {
  const wanted = claim("c", requests);
  wanted.spec.devices.config = config(fields);
  const cluster = new MemoryCluster().add(wanted, pod("p", ["c"]));
  for (const node of nodes) cluster.addNode(node);
  return cluster;
}

/** What the class of a request says, before anything is allocated. */
function ofClass(name: string, fields: ApiObject, ownFields: ApiObject = {}): MemoryCluster {
  return cluster(["node-a"], [request("r", name, "64Mi")], ownFields).change(
    "DeviceClass",
    name,
    ({ spec }) => {
      spec.config = config(fields);
    },
  );
}

function allocated(device: string, fields: ApiObject): MemoryCluster {
  const claim = held("c", `node-a:${device}`, "64Mi", "p");
  claim.status.allocation.devices.config = config(fields);
  return new MemoryCluster().addNode("node-a").add(claim, pod("p", ["c"], { nodeName: "node-a" }));
}

/** A claim of memory and of another driver's devices, with configuration for these. */
function withOtherDriver(): MemoryCluster {
  const selectors = [{ cel: { expression: 'device.driver == "dra.cpu"' } }];
  const wanted = claim("c", [ram, request("cpus", "dra.cpu")]);
  wanted.spec.devices.config = [{ opaque: { driver: "dra.cpu", parameters: {} } }];
  return new MemoryCluster().addNode("node-a").add(wanted, pod("p", ["c"]), {
    apiVersion: "resource.k8s.io/v1",
    kind: "DeviceClass",
    metadata: { name: "dra.cpu" },
    spec: { selectors },
  });
}

const ram = request("r", "dra.memory", "64Mi"), pages = request("r", "dra.hugepages-2m", "64Mi");

for (
  const [what, of, text] of [
    [
      "a policy of hugepages, before they are given",
      cluster(["node-a"], [pages], interleave),
      says.hugepages,
    ],
    ["a policy of hugepages that were given", allocated("hugepages-2m-numa0", interleave), says.hugepages],
    ["limits that contradict each other", cluster(["node-a", "node-b"], [ram], aboveHigh), says.high],
    ["a policy of a class of hugepages", ofClass("dra.hugepages-2m", interleave), says.hugepages],
    [
      "limits of which one is the class's",
      ofClass("dra.memory", { limits: { highPercent: 50 } }, { limits: { minPercent: 60 } }),
      says.high,
    ],
    [
      "a field of a class that is not known",
      ofClass("dra.memory", { policy: "local" }),
      'the configuration of its DeviceClass for r cannot be used: policy: "local" is no policy (write one of bind, ' +
      "preferred, preferredMany, interleave, weightedInterleave).",
    ],
    ["limits of a claim that is allocated", allocated("memory-numa0", aboveHigh), says.high],
  ] as const
) {
  Deno.test(`what the driver will refuse is told beforehand: ${what}`, async () => {
    const { text: said, explanation } = await explained(of, "p");
    assert.equal(explanation.verdict, "blocked");
    const [finding] = explanation.findings;
    assert.equal(finding?.code, "config-refused");
    assert.ok(finding.text.endsWith(`: ${text}`), said);
  });
}

for (
  const [what, of] of [
    ["configuration that the claim can have", cluster(["node-a"], [ram], interleave)],
    [
      "limits of a class that the claim takes back",
      ofClass("dra.memory", aboveHigh, { limits: { minPercent: 0 } }),
    ],
    ["configuration for another driver of the claim", withOtherDriver()],
    ["a policy beside hugepages", cluster(["node-a"], [ram, { ...pages, name: "p" }], interleave)],
  ] as const
) {
  Deno.test(`nothing is said of ${what}`, async () => {
    assert.equal((await explained(of, "p")).explanation.verdict, "fits");
  });
}

Deno.test("configuration for a driver that no request names is read by nobody, which is said", async () => {
  const wanted = claim("c", [ram]);
  wanted.spec.devices.config = [{ opaque: { driver: "dra.memroy", parameters: interleave } }];
  const { explanation } = await explained(
    new MemoryCluster().addNode("node-a").add(wanted, pod("p", ["c"])),
    "p",
  );
  assert.equal(explanation.verdict, "fits");
  const [{ code, text } = {}] = explanation.findings;
  assert.equal(code, "config-unread");
  assert.match(text ?? "", /has configuration for the driver dra\.memroy, which none of its requests names/);
});

Deno.test("a claim that gets memory on one node and hugepages on another is refused on neither beforehand", async () => {
  const alternatives = [["pages", "dra.hugepages-2m"], ["ram", "dra.memory"]].map((
    [name, deviceClassName],
  ) => ({
    name,
    deviceClassName,
    capacity: { requests: { size: "64Mi" } },
  }));
  const of = cluster(["node-a"], [{ name: "r", firstAvailable: alternatives }], interleave)
    .addNode("node-b", { nodes: 2, pageSize: "4k", memory: "8Gi", hugepages: { "2m": 1 } });
  assert.equal((await explained(of, "p")).explanation.verdict, "fits");
});
