import assert from "node:assert/strict";
import { containersUsing, type PodUsage, usesOf } from "../../../core/claims/pod_usage.ts";

const [setup, app, sidecar] = [
  { name: "setup", claims: [{ name: "mem" }], paths: [] },
  {
    name: "app",
    claims: [{ name: "mem" }, { name: "pages", request: "large" }, { name: "alias", request: "small" }],
    paths: [],
  },
  { name: "sidecar", claims: [], paths: [] },
];
const pod: PodUsage = {
  uid: "u",
  containers: [setup, app, sidecar],
  claimNames: new Map([["mem", "pod-mem-x7"], ["pages", "shared"], ["alias", "shared"]]),
  hasUserNamespace: false,
};

const namesOf = (...args: Parameters<typeof containersUsing>) =>
  containersUsing(...args).map(({ name }) => name);

Deno.test("the containers that use a claim are found by the claim's own name", () => {
  assert.deepEqual(namesOf(pod, "pod-mem-x7"), ["setup", "app"]);
  assert.deepEqual(namesOf(pod, "shared"), ["app"]);
});

Deno.test("a claim that no container uses, or that is only named like the pod's own name for one, has none", () => {
  assert.deepEqual(namesOf(pod, "mem"), []);
  assert.deepEqual(namesOf({ ...pod, claimNames: new Map() }, "shared"), []);
});

Deno.test("a container can use several requests of a claim, by whichever names", () => {
  assert.deepEqual(usesOf(pod, app, "shared"), [
    { name: "pages", request: "large" },
    { name: "alias", request: "small" },
  ]);
});
