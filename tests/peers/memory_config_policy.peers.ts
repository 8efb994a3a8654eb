import assert from "node:assert/strict";
import { readMemoryConfig } from "../../adapters/protocols/configuration/memory_config.ts";
import { policyModes } from "../../core/claims/configuration/memory_config.ts";
import { type KubernetesObject, readObjects } from "../deploy/manifests.ts";
import { eventually } from "./bounded.ts";
import { requirePeer } from "./go.ts";
import { helmProgram, renderChart } from "./helm/helm.ts";
import { startApiServer } from "./kube_apiserver/api_server.ts";
import { apiServerProgram, etcdProgram } from "./kube_apiserver/binaries.ts";
import { KubeError } from "./kube_apiserver/kube_client.ts";
import { collectionOf, createObject } from "./kube_apiserver/manifests.ts";

const [helm, apiServer, etcd] = [
  await requirePeer(helmProgram),
  await requirePeer(apiServerProgram),
  await requirePeer(etcdProgram),
];
const { client, ...server } = await startApiServer({ apiServer, etcd });
Deno.test.afterAll(() => server.stop());

const named = { apiVersion: "dra.memory/v1alpha1", kind: "MemoryConfig" };
const kinds = ["ResourceClaim", "ResourceClaimTemplate", "DeviceClass"] as const;

/** What is refused, and what is said. A new field of MemoryConfig has its wrong values here. */
const wrong: readonly (readonly [parameters: object, message: RegExp])[] = [
  [{ ...named, hugetlbFS: {} }, /unknown field \(allowed here: apiVersion, kind, hugetlbfs/],
  [{ kind: "MemoryConfig" }, /apiVersion is missing/],
  [{ apiVersion: "dra.memory/v1alpha1" }, /kind is missing/],
  [{ ...named, apiVersion: "dra.memory/v1" }, /apiVersion must be dra\.memory\/v1alpha1/],
  [{ ...named, kind: 5 }, /kind must be MemoryConfig/],
  [{ ...named, hugetlbfs: "none" }, /hugetlbfs must be an object/],
  [{ ...named, hugetlbfs: [] }, /hugetlbfs must be an object/],
  [{ ...named, hugetlbfs: null }, /hugetlbfs must be an object/],
  [{ ...named, hugetlbfs: { path: "/mnt" } }, /unknown field in hugetlbfs \(allowed here: mountPath\)/],
  [{ ...named, hugetlbfs: { mountPath: 5 } }, /hugetlbfs\.mountPath must be a text/],
  [{ ...named, hugetlbfs: { mountPath: "mnt" } }, /hugetlbfs\.mountPath must be a text that matches/],
  [{ ...named, hugetlbfs: { mountPath: "/a/../b" } }, /hugetlbfs\.mountPath must be a text that matches/],
  [{ ...named, hugetlbfs: { mountPath: `/${"a".repeat(64)}` } }, /of at most 64 characters/],
  [{ ...named, policy: "local" }, /policy must be one of bind, preferred, preferredMany, interleave,/],
  [{ ...named, policy: 3 }, /policy must be one of/],
  [{ ...named, policy: ["bind"] }, /policy must be one of/],
  [{ ...named, policy: null }, /policy must be one of/],
  [{ ...named, limits: "claim" }, /limits must be an object/],
  [{ ...named, limits: [] }, /limits must be an object/],
  [{ ...named, limits: { memory: "claim" } }, /unknown field in limits \(allowed here: max, highPercent, /],
  [{ ...named, limits: { max: "64Mi" } }, /limits\.max must be one of claim, none/],
  [{ ...named, limits: { max: 5 } }, /limits\.max must be one of claim, none/],
  [{ ...named, limits: { highPercent: 101 } }, /limits\.highPercent must be a whole number from 0 up to 100/],
  [{ ...named, limits: { highPercent: null } }, /limits\.highPercent must be a whole number/],
  [{ ...named, limits: { lowPercent: -1 } }, /limits\.lowPercent must be a whole number from 0 up to 100/],
  [{ ...named, limits: { lowPercent: "50" } }, /limits\.lowPercent must be a whole number/],
  [{ ...named, limits: { minPercent: 12.5 } }, /limits\.minPercent must be a whole number/],
  [{ ...named, limits: { swap: "off" } }, /limits\.swap must be one of forbidden, allowed/],
  [{ ...named, limits: { swap: false } }, /limits\.swap must be one of forbidden, allowed/],
];

const valid: readonly object[] = [
  named,
  { ...named, hugetlbfs: {} },
  { ...named, hugetlbfs: { mountPath: "/mnt/huge" } },
  { ...named, hugetlbfs: { mountPath: "none" } },
  ...policyModes.map((policy) => ({ ...named, policy })),
  { ...named, limits: {} },
  { ...named, limits: { max: "claim", highPercent: 100, lowPercent: 50, minPercent: 0, swap: "forbidden" } },
  { ...named, limits: { max: "none", swap: "allowed" } },
];

Deno.test("the admission policy for MemoryConfig refuses what the driver would refuse, and nothing else", async (t) => {
  const objects = readObjects(await renderChart(helm, { memoryConfigPolicy: { create: true } }));
  const policies = objects.filter(({ metadata }) => metadata.name.endsWith("-memory-config"));
  assert.equal(policies.length, 2);
  // From before the policy: it must not be in the way of what happens to it later.
  const sample = objectOf("ResourceClaim", { nonsense: true });
  const early = { ...sample, metadata: { name: "early" } };
  await createObject(client, early);
  for (const policy of policies) await createObject(client, policy);
  await eventually("the policy to count", 30_000, async () => await refusal("DeviceClass", {}) !== undefined);

  for (const kind of kinds) {
    for (const [parameters, message] of wrong) {
      await t.step(`${kind} with ${JSON.stringify(parameters).slice(0, 120)} is refused`, async () => {
        const { problems } = { problems: [], ...readMemoryConfig(parameters) };
        assert.ok(problems.length > 0, "the driver takes it");
        assert.match(await refusal(kind, parameters) ?? "it was admitted", message);
      });
    }
    for (const parameters of valid) {
      await t.step(`${kind} with ${JSON.stringify(parameters)} is admitted`, async () => {
        assert.ok(!("problems" in readMemoryConfig(parameters)), "the driver refuses it");
        assert.equal(await refusal(kind, parameters), undefined);
      });
    }
    await t.step(`${kind} of another driver is none of the policy's business`, async () => {
      assert.equal(await refusal(kind, { anything: true }, "other.example.com"), undefined);
    });
  }
  await t.step("objects without configuration, and without anything of devices, are admitted", async () => {
    const bare = { apiVersion: "resource.k8s.io/v1", metadata: { name: "bare" } };
    await createObject(client, { ...bare, kind: "DeviceClass", spec: {} }, { dryRun: true });
    await createObject(client, { ...bare, kind: "ResourceClaim", spec: {} }, { dryRun: true });
    await createObject(client, { ...bare, kind: "ResourceClaimTemplate", spec: { spec: {} } }, {
      dryRun: true,
    });
  });
  await t.step(
    "a claim from before the policy can be changed and removed, as by its finalizers",
    async () => {
      const path = `${collectionOf(early)}/${early.metadata.name}`;
      const kept = await client.send("GET", path) as KubernetesObject;
      await client.send("PUT", path, { ...kept, metadata: { ...kept.metadata, labels: { changed: "yes" } } });
      await client.send("DELETE", path);
    },
  );
  await t.step("a DeviceClass that becomes wrong is refused", async () => {
    const object = objectOf("DeviceClass", named), path = `${collectionOf(object)}/${object.metadata.name}`;
    await createObject(client, object);
    const kept = await client.send("GET", path) as KubernetesObject;
    await assert.rejects(
      client.send("PUT", path, { ...kept, spec: { config: entries({ ...named, more: 1 }) } }),
      /unknown field/,
    );
  });
});

function entries(parameters: object, driver = "dra.memory"): object[] {
  return [{ opaque: { driver, parameters } }];
}

function objectOf(kind: typeof kinds[number], parameters: object, driver?: string): KubernetesObject {
  const config = entries(parameters, driver);
  const spec = { devices: { requests: [{ name: "a", exactly: { deviceClassName: "class" } }], config } };
  const specs = { ResourceClaim: spec, ResourceClaimTemplate: { spec }, DeviceClass: { config } };
  return { apiVersion: "resource.k8s.io/v1", kind, metadata: { name: "sample" }, spec: specs[kind] };
}

/** What the API server says when it refuses the parameters; undefined when it takes them. */
async function refusal(
  kind: typeof kinds[number],
  parameters: object,
  driver?: string,
): Promise<string | undefined> {
  try {
    await createObject(client, objectOf(kind, parameters, driver), { dryRun: true });
    return undefined;
  } catch (error) {
    if (error instanceof KubeError && error.status === 422) return error.message;
    throw error;
  }
}
