import assert from "node:assert/strict";
import { type KubernetesObject, readObjects } from "../deploy/manifests.ts";
import { eventually } from "./bounded.ts";
import { requirePeer } from "./go.ts";
import { helmProgram, renderChart } from "./helm/helm.ts";
import { startApiServer } from "./kube_apiserver/api_server.ts";
import { apiServerProgram, etcdProgram } from "./kube_apiserver/binaries.ts";
import { KubeError } from "./kube_apiserver/kube_client.ts";
import { createObject } from "./kube_apiserver/manifests.ts";

const helm = await requirePeer(helmProgram);
const server = await startApiServer({
  apiServer: await requirePeer(apiServerProgram),
  etcd: await requirePeer(etcdProgram),
});
const { client } = server;
Deno.test.afterAll(() => server.stop());

const values = { claimLimitsPolicy: { create: true, limits: { "dra.hugepages-2m": "64Mi" } } };
const policy = readObjects(await renderChart(helm, values))
  .filter(({ metadata }) => metadata.name.endsWith("-claim-limits"));
assert.equal(policy.length, 2);
for (const object of policy) await createObject(client, object);
await createNamespace("usual", {});
await createNamespace("generous", { "claim-limit.dra.memory/dra.hugepages-2m": "1Gi" });
await createNamespace("mistaken", { "claim-limit.dra.memory/dra.hugepages-2m": "plenty" });
await eventually("the policy to count", 30_000, async () => await refusal(of("65Mi")) !== undefined);

const tooMuch =
  "a claim in namespace usual may ask for 64Mi of dra.hugepages-2m at most, in all its requests";
const cases: readonly (readonly [what: string, requests: readonly unknown[], message: string | undefined])[] =
  [
    ["as much as the limit", of("64Mi"), undefined],
    ["more than the limit", of("65Mi"), tooMuch],
    ["more by a name with the domain", of("65Mi", { key: "dra.memory/size" }), tooMuch],
    ["more by a number of devices", of("33Mi", { count: 2 }), tooMuch],
    ["as much by a number of devices", of("32Mi", { count: 2 }), undefined],
    ["more by two requests", [...of("40Mi"), ...of("40Mi")], tooMuch],
    ["more in a fraction", of("64.5Mi"), tooMuch],
    ["all devices", [{ exactly: { ...exactly("1Mi"), allocationMode: "All" } }], tooMuch],
    ["no amount, which is the least", [{ exactly: { deviceClassName: "dra.hugepages-2m" } }], undefined],
    ["alternatives, one of them too much", [alternatives("32Mi", "65Mi")], tooMuch],
    ["alternatives, each of them little enough", [alternatives("64Mi", "32Mi")], undefined],
    ["much of a class without a limit", of("1Ti", { deviceClassName: "dra.memory" }), undefined],
  ];

for (const kind of ["ResourceClaim", "ResourceClaimTemplate"] as const) {
  for (const [what, requests, message] of cases) {
    Deno.test(`a ${kind} that asks for ${what} is ${message === undefined ? "admitted" : "refused"}`, async () => {
      const said = await refusal(requests, kind);
      if (message === undefined) assert.equal(said, undefined);
      else assert.ok(said?.includes(message), said);
    });
  }
}

Deno.test("a namespace's own limit stands above the chart's", async () => {
  assert.equal(await refusal(of("1Gi"), "ResourceClaim", "generous"), undefined);
  assert.match(await refusal(of("1025Mi"), "ResourceClaim", "generous") ?? "", /may ask for 1Gi of/);
});

Deno.test("a limit that is none is told as that, and nothing is admitted by mistake", async () => {
  const message = /the limit of dra\.hugepages-2m in namespace mistaken is no quantity: plenty/;
  assert.match(await refusal(of("2Mi"), "ResourceClaim", "mistaken") ?? "", message);
});

Deno.test("a pod's claims and devices are counted by a ResourceQuota, which bounds the bytes together with the policy", async () => {
  const path = "/api/v1/namespaces/usual/resourcequotas";
  const hard = {
    "count/resourceclaims.resource.k8s.io": "2",
    "dra.hugepages-2m.deviceclass.resource.k8s.io/devices": "1",
  };
  await client.send("POST", `${path}?fieldValidation=Strict`, {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "memory" },
    spec: { hard },
  });
  // Its controller is not here, which would say what is used: nothing yet.
  const used = Object.fromEntries(Object.keys(hard).map((name) => [name, "0"]));
  const quota = await client.send("GET", `${path}/memory`) as Record<string, unknown>;
  await client.send("PUT", `${path}/memory/status`, { ...quota, status: { hard, used } });
  await eventually("the quota to count", 30_000, async () => {
    const said = await refusal(of("2Mi", { count: 2 }));
    return said?.includes("exceeded quota: memory");
  });
  await createObject(client, claim("first", of("64Mi")));
  const second = createObject(client, claim("second", of("2Mi")));
  await assert.rejects(
    second,
    /exceeded quota: memory, requested: dra\.hugepages-2m\.deviceclass\.resource\.k8s\.io\/devices=1, used: .*=1, limited: .*=1/,
  );
});

/** A request of one kind, in a list. */
function of(size: string, { key = "size", ...others }: Readonly<Record<string, unknown>> = {}) {
  return [{ exactly: { ...exactly(size, String(key)), ...others } }];
}

function exactly(size: string, key = "size") {
  return { deviceClassName: "dra.hugepages-2m", capacity: { requests: { [key]: size } } };
}

function alternatives(...sizes: readonly string[]) {
  return { firstAvailable: sizes.map((size, index) => ({ name: `alternative-${index}`, ...exactly(size) })) };
}

function claim(name: string, requests: readonly unknown[], namespace = "usual"): KubernetesObject {
  const named = requests.map((request, index) => ({ name: `request-${index}`, ...request as object }));
  return {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceClaim",
    metadata: { name, namespace },
    spec: { devices: { requests: named } },
  };
}

/** What the server says when it refuses such an object; undefined when it takes it, which is not kept. */
async function refusal(
  requests: readonly unknown[],
  kind: "ResourceClaim" | "ResourceClaimTemplate" = "ResourceClaim",
  namespace = "usual",
): Promise<string | undefined> {
  const { spec, ...rest } = claim("tried", requests, namespace);
  const object = kind === "ResourceClaim" ? { ...rest, spec } : { ...rest, kind, spec: { spec } };
  try {
    await createObject(client, object, { dryRun: true });
    return undefined;
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return error.message;
    throw error;
  }
}

async function createNamespace(name: string, annotations: Readonly<Record<string, string>>): Promise<void> {
  await createObject(client, { apiVersion: "v1", kind: "Namespace", metadata: { name, annotations } });
}
