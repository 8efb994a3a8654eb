import assert from "node:assert/strict";
import { validateAllocation } from "../../../core/claims/allocation.ts";
import type { AllocationResult, ResourceClaim } from "../../../core/claims/claim.ts";
import type { MemoryConfig, OpaqueConfig } from "../../../core/claims/configuration/memory_config.ts";
import { checkClaim, checkContainers } from "../../../core/claims/eligibility.ts";
import { injectionsOf, type InjectionSources } from "../../../core/claims/injections_of.ts";
import type { Injection } from "../../../core/claims/injection.ts";
import type { ClaimUse, PodUsage } from "../../../core/claims/pod_usage.ts";
import { containerPath } from "../../../core/values/container_path.ts";
import {
  allocatedClaim,
  deviceOf,
  GiB,
  MiB,
  nodeName,
  podOf,
  referenceOf,
  resultOf,
  uidOf,
} from "../samples.ts";

const devices = ["memory-numa0", "hugepages-2m-numa0", "hugepages-2m-numa1", "hugepages-1g-numa0"]
  .map((name) => deviceOf(name, 64n * GiB));
const page = 2n * MiB;

function pages(bytes: bigint, request?: string): AllocationResult {
  return resultOf("hugepages-2m-numa0", bytes, request);
}

function mountedAt(path: string, requests: readonly string[] = []): OpaqueConfig {
  const parameters: MemoryConfig = { hugetlbfs: { mountPath: path === "none" ? path : containerPath(path) } };
  return { source: "claim", requests, parameters };
}

function claimWith(
  number: number,
  results: readonly AllocationResult[],
  ...configs: readonly OpaqueConfig[]
): ResourceClaim {
  return { ...allocatedClaim(number, results), allocation: { results, configs } };
}

/** A pod whose container uses claims of these numbers, by their own names. */
function podUsing(...uses: (Omit<ClaimUse, "name"> & { readonly number: number })[]): PodUsage {
  const name = (number: number) => `claim-${number}`;
  return {
    uid: podOf(1).uid,
    containers: [{
      name: "app",
      claims: uses.map(({ number, ...use }) => ({ ...use, name: name(number) })),
      paths: [],
    }],
    claimNames: new Map(uses.map(({ number }) => [name(number), name(number)])),
    hasUserNamespace: false,
  };
}

/** What claim 1 gives its container. */
function injected(
  claim: ResourceClaim,
  pod = podUsing({ number: 1 }),
  neighbors: readonly ResourceClaim[] = [],
) {
  const eligible = checkClaim(claim, referenceOf(1), uidOf(1));
  const node = { nodeName, devices };
  const sources: InjectionSources = {
    ...node,
    claim: eligible,
    allocations: validateAllocation(eligible.reference, eligible.results, { ...node, usedBytes: () => 0n }),
    user: checkContainers(eligible, pod),
    neighbors,
  };
  return injectionsOf(sources);
}

const mountsOf = (...args: Parameters<typeof injected>) =>
  injected(...args).injections?.map(({ request, mounts }) => [
    request,
    ...mounts.map(({ path, bytes }) => `${path}=${bytes / page}`),
  ]);

/** The variables that tell where hugepages are mounted. */
const pathsIn = (injection: Injection | undefined) =>
  injection?.environment.filter((entry) => entry.startsWith("HUGETLBFS_PATH"));

Deno.test("hugepages are mounted for the request that claims them, and the environment says where", () => {
  const { injections: [injection, ...others] = [], withoutMounts } = injected(
    claimWith(1, [pages(4n * page)]),
  );
  assert.deepEqual(others, []);
  assert.equal(withoutMounts, undefined);
  assert.equal(injection?.request, "mem");
  assert.deepEqual(injection.mounts, [{ pageSize: page, path: "/dev/hugepages-2Mi", bytes: 4n * page }]);
  assert.deepEqual(pathsIn(injection), ["HUGETLBFS_PATH_2MI=/dev/hugepages-2Mi"]);
});

Deno.test("memory in base pages is not mounted", () => {
  const { injections: [injection] = [], withoutMounts } = injected(
    claimWith(1, [resultOf("memory-numa0", GiB)]),
  );
  assert.deepEqual([injection?.mounts, pathsIn(injection), withoutMounts], [[], [], undefined]);
});

Deno.test("requests of one page size share a mount of the sum, each of another size has its own", () => {
  const claim = claimWith(1, [
    pages(page, "a"),
    pages(2n * page, "b"),
    resultOf("hugepages-1g-numa0", GiB, "c"),
  ]);
  assert.deepEqual(mountsOf(claim), [
    ["a", "/dev/hugepages-2Mi=3"],
    ["b", "/dev/hugepages-2Mi=3"],
    ["c", "/dev/hugepages-1Gi=512"],
  ]);
});

Deno.test("a request that the container does not use counts for nothing", () => {
  const claim = claimWith(1, [pages(page, "a"), pages(2n * page, "b")]);
  assert.deepEqual(mountsOf(claim, podUsing({ number: 1, request: "a" })), [["a", "/dev/hugepages-2Mi=1"], [
    "b",
  ]]);
  assert.deepEqual(mountsOf(claim, podUsing({ number: 2 })), [["a"], ["b"]]);
  const both = podUsing({ number: 1, request: "a" }, { number: 1, request: "b" });
  assert.deepEqual(mountsOf(claim, both), [["a", "/dev/hugepages-2Mi=3"], ["b", "/dev/hugepages-2Mi=3"]]);
});

Deno.test("two claims of one container make one mount of the sum, as far as the other one is in order", () => {
  const pod = podUsing({ number: 1 }, { number: 2 });
  const own = claimWith(1, [pages(page)]);
  const with2 = (...other: AllocationResult[]) => mountsOf(own, pod, [claimWith(2, other)]);
  assert.deepEqual(with2(pages(3n * page)), [["mem", "/dev/hugepages-2Mi=4"]]);
  for (
    const result of [pages(1n), { ...pages(page), driver: "gpu.example" }, resultOf("memory-numa0", GiB)]
  ) {
    assert.deepEqual(with2(result), [["mem", "/dev/hugepages-2Mi=1"]]);
  }
  assert.deepEqual(mountsOf(own, pod, [{ reference: referenceOf(2), reservedFor: [] }]), [
    ["mem", "/dev/hugepages-2Mi=1"],
  ]);
});

Deno.test("a claim's configuration chooses the path, for all requests or some, or none", () => {
  const results = [pages(page, "a"), pages(page, "b")];
  assert.deepEqual(mountsOf(claimWith(1, results, mountedAt("/mnt/huge"))), [
    ["a", "/mnt/huge=2"],
    ["b", "/mnt/huge=2"],
  ]);
  assert.deepEqual(mountsOf(claimWith(1, results, mountedAt("/mnt/huge", ["b"]))), [
    ["a", "/dev/hugepages-2Mi=1"],
    ["b", "/mnt/huge=1"],
  ]);
  assert.deepEqual(mountsOf(claimWith(1, results, mountedAt("none", ["a"]))), [["a"], [
    "b",
    "/dev/hugepages-2Mi=1",
  ]]);
});

Deno.test("the environment names every path of a page size, whichever request tells it", () => {
  const claim = claimWith(1, [pages(page, "a"), pages(page, "b")], mountedAt("/mnt/huge", ["b"]));
  for (const injection of injected(claim).injections ?? []) {
    assert.deepEqual(pathsIn(injection), ["HUGETLBFS_PATH_2MI=/dev/hugepages-2Mi:/mnt/huge"]);
  }
});

for (
  const [what, config, message] of [
    [
      "that is malformed",
      { source: "claim", requests: [], parameters: { problems: ["a: bad"] } },
      /cannot be used: a: bad$/,
    ],
    [
      "that names a path of a volume",
      mountedAt("/data"),
      /hugetlbfs\.mountPath: \/data meets \/data\/cache, .* volume/,
    ],
    ["that names a path of the runtime", mountedAt("/proc"), /hugetlbfs\.mountPath: \/proc meets \/proc, /],
  ] satisfies [string, OpaqueConfig, RegExp][]
) {
  Deno.test(`configuration ${what} is refused`, () => {
    const pod = podUsing({ number: 1 });
    const withVolume = {
      ...pod,
      containers: pod.containers.map((each) => ({ ...each, paths: ["/data/cache"] })),
    };
    assert.throws(() => injected(claimWith(1, [pages(page)], config), withVolume), {
      name: "IneligibleClaimError",
      problem: "invalid-config",
      message,
    });
  });
}

Deno.test("in a user namespace nothing is mounted, and it is said why; a claim of memory alone misses nothing", () => {
  const pod = { ...podUsing({ number: 1 }), hasUserNamespace: true };
  const { injections: [injection] = [], withoutMounts } = injected(
    claimWith(1, [pages(page)], mountedAt("/mnt")),
    pod,
  );
  assert.deepEqual([injection?.mounts, pathsIn(injection)], [[], []]);
  assert.match(withoutMounts ?? "", /hostUsers: false/);
  assert.equal(injected(claimWith(1, [resultOf("memory-numa0", GiB)]), pod).withoutMounts, undefined);
});

Deno.test("the metadata of a request has the attributes of its devices, the amount and the path", () => {
  const { injections: [injection] = [] } = injected(claimWith(1, [pages(4n * page, "pages/large")]));
  assert.equal(
    injection?.metadata.containerPath,
    "/var/run/kubernetes.io/dra-device-attributes/resourceclaims/claim-1/pages/dra.memory-metadata.json",
  );
  const [newest, older, ...rest] = injection.metadata.text.split("\n}\n").filter((text) => text !== "")
    .map((text) => JSON.parse(`${text}}`));
  assert.deepEqual(rest, []);
  const { apiVersion: _, ...content } = newest;
  assert.deepEqual([newest.apiVersion, older.apiVersion], [
    "metadata.resource.k8s.io/v1beta1",
    "metadata.resource.k8s.io/v1alpha1",
  ]);
  assert.deepEqual({ ...older, apiVersion: newest.apiVersion }, newest);
  assert.deepEqual(content, {
    kind: "DeviceMetadata",
    metadata: { name: "claim-1", namespace: "default", uid: uidOf(1), generation: 1 },
    requests: [{
      name: "pages/large",
      devices: [{
        driver: "dra.memory",
        pool: "worker-1/hugepages-2m",
        name: "hugepages-2m-numa0",
        attributes: {
          ...content.requests[0].devices[0].attributes,
          "resource.kubernetes.io/numaNode": { int: 0 },
          "dra.memory/sizeBytes": { int: 8388608 },
          "dra.memory/hugetlbfsPath": { string: "/dev/hugepages-2Mi" },
        },
      }],
    }],
  });
});

Deno.test("a claim from a template tells of itself by the pod's own name for it", () => {
  const claim = { ...claimWith(1, [pages(page)]), podClaimName: "ram" };
  const { injections: [injection] = [] } = injected(claim);
  assert.equal(
    injection?.metadata.containerPath,
    "/var/run/kubernetes.io/dra-device-attributes/resourceclaimtemplates/ram/mem/dra.memory-metadata.json",
  );
  assert.match(injection.metadata.text, /"podClaimName": "ram"/);
});

Deno.test("each request has variables by the pod's name of the claim, beside the path of its pages", () => {
  const claim = allocatedClaim(1, [pages(4n * page, "pages"), resultOf("memory-numa0", GiB, "ram")]);
  const environments = injected(claim).injections?.map(({ environment }) => environment);
  assert.deepEqual(environments, [
    [
      "DRAMEMORY_CLAIM_1_PAGES_NUMA_NODES=0",
      "DRAMEMORY_CLAIM_1_PAGES_BYTES=8388608",
      "DRAMEMORY_CLAIM_1_PAGES_PAGE_SIZE=2Mi",
      "HUGETLBFS_PATH_2MI=/dev/hugepages-2Mi",
    ],
    [
      "DRAMEMORY_CLAIM_1_RAM_NUMA_NODES=0",
      "DRAMEMORY_CLAIM_1_RAM_BYTES=1073741824",
      "DRAMEMORY_CLAIM_1_RAM_PAGE_SIZE=4Ki",
    ],
  ]);
});

Deno.test("claims of a container whose variables would have the same names are refused, and both named", () => {
  const renamed = (pod: PodUsage, names: Record<string, string>): PodUsage => ({
    ...pod,
    containers: pod.containers.map((container) => ({
      ...container,
      claims: container.claims.map((use) => ({ ...use, name: names[use.name] ?? use.name })),
    })),
    claimNames: new Map([...pod.claimNames].map(([name, claim]) => [names[name] ?? name, claim])),
  });
  const pod = renamed(podUsing({ number: 1 }, { number: 2 }), { "claim-1": "a-b", "claim-2": "a" });
  const one = allocatedClaim(1, [pages(page, "c")]), other = allocatedClaim(2, [pages(page, "b-c")]);
  assert.throws(() => injected(one, pod, [other]), {
    problem: "invalid-name",
    message:
      "Cannot prepare claim default/claim-1: the variables of the claims and requests a-b/c and a/b-c of " +
      "container app would have the same names, DRAMEMORY_A_B_C_…: call one of them differently",
  });
});
