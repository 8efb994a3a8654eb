import assert from "node:assert/strict";
import { containersUsing } from "../../../../core/claims/pod_usage.ts";
import { readPodUsage } from "../../../../adapters/driver/kubernetes/pod_mapping.ts";

Deno.test("a pod without claims uses none", () => {
  assert.deepEqual(readPodUsage({ metadata: { uid: "u" }, spec: { containers: [{ name: "main" }] } }), {
    uid: "u",
    containers: [{ name: "main", claims: [], paths: [], hugepages: [] }],
    claimNames: new Map(),
    hasUserNamespace: false,
  });
});

Deno.test("a container has a path for each volume, each device and its last message", () => {
  const main = {
    name: "main",
    volumeMounts: [{ name: "a", mountPath: "/a" }, { name: "b", mountPath: "b", subPath: "c" }],
    volumeDevices: [{ name: "d", devicePath: "/dev/xvda" }],
    terminationMessagePath: "/dev/termination-log",
    resources: { claims: [{ name: "mem" }, { name: "pages", request: "large" }] },
  };
  assert.deepEqual(readPodUsage({ metadata: { uid: "u" }, spec: { containers: [main] } }).containers, [{
    name: "main",
    claims: [{ name: "mem" }, { name: "pages", request: "large" }],
    paths: ["/a", "b", "/dev/xvda", "/dev/termination-log"],
    hugepages: [],
  }]);
});

Deno.test("a container has its own limits of hugepages", () => {
  const main = {
    name: "main",
    resources: { limits: { cpu: "1", "hugepages-2Mi": "64Mi", "hugepages-1Gi": "1Gi" } },
  };
  assert.deepEqual(
    readPodUsage({ metadata: { uid: "u" }, spec: { containers: [main] } }).containers[0]?.hugepages,
    [{ pageSize: 2n << 20n, bytes: 64n << 20n }, { pageSize: 1n << 30n, bytes: 1n << 30n }],
  );
});

Deno.test("a pod has a user namespace of its own where it says that it is not the host's", () => {
  const of = (spec: object) => readPodUsage({ metadata: { uid: "u" }, spec }).hasUserNamespace;
  assert.deepEqual([of({}), of({ hostUsers: true }), of({ hostUsers: false })], [false, false, true]);
});

Deno.test("a claim that was not made yet has no name", () => {
  const resourceClaims = [{ name: "mem", resourceClaimTemplateName: "template" }];
  const { claimNames } = readPodUsage({ metadata: { uid: "u" }, spec: { resourceClaims } });
  assert.deepEqual(claimNames, new Map());
});

for (const pod of [undefined, {}, { metadata: { uid: "u" } }, { metadata: {}, spec: {} }]) {
  Deno.test(`${JSON.stringify(pod)} is no pod`, () => {
    assert.throws(() => readPodUsage(pod), { name: "MalformedAnswerError" });
  });
}

Deno.test("a container without limits of hugepages has the pod's, size by size", () => {
  const limits = { cpu: "2", memory: "1Gi", "hugepages-2Mi": "64Mi", "hugepages-1Gi": "1Gi" };
  const main = { name: "main", resources: { limits: { "hugepages-2Mi": "4Mi" } } };
  const pod = readPodUsage({
    metadata: { uid: "u" },
    spec: { resources: { limits }, containers: [main, { name: "side" }] },
  });
  assert.deepEqual(pod.limited, ["memory", "hugepages-2m", "hugepages-1g"]);
  assert.deepEqual(pod.containers.map(({ hugepages = [] }) => hugepages.map(({ bytes }) => bytes >> 20n)), [
    [4n, 1024n],
    [64n, 1024n],
  ]);
});

Deno.test("a container uses what the scheduler made of its extended resources", () => {
  const requestMappings = ["main", "side"].map((containerName, index) => (
    { containerName, requestName: `container-${index}-request-0`, resourceName: "example.com/memory" }
  ));
  const pod = readPodUsage({
    metadata: { uid: "u" },
    spec: { containers: [{ name: "main" }, { name: "side" }, { name: "other" }] },
    status: {
      extendedResourceClaimStatus: { resourceClaimName: "web-extended-resources-x7k2p", requestMappings },
    },
  });
  const users = containersUsing(pod, "web-extended-resources-x7k2p");
  assert.deepEqual(users.map(({ name, claims }) => [name, claims.map(({ request }) => request)]), [
    ["main", ["container-0-request-0"]],
    ["side", ["container-1-request-0"]],
  ]);
});
