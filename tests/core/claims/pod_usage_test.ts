import assert from "node:assert/strict";
import { containersUsing } from "../../../core/claims/pod_usage.ts";

const pod = {
  uid: "u",
  containers: [
    { name: "setup", claims: ["mem"] },
    { name: "app", claims: ["mem", "pages"] },
    { name: "sidecar", claims: [] },
  ],
  claimNames: new Map([["mem", "pod-mem-x7"], ["pages", "shared"], ["alias", "shared"]]),
};

Deno.test("the containers that use a claim are found by the claim's own name", () => {
  assert.deepEqual(containersUsing(pod, "pod-mem-x7"), ["setup", "app"]);
  assert.deepEqual(containersUsing(pod, "shared"), ["app"]);
});

Deno.test("a claim that no container uses, or that is only named like the pod's own name for one, has none", () => {
  assert.deepEqual(containersUsing(pod, "mem"), []);
  assert.deepEqual(containersUsing({ ...pod, claimNames: new Map() }, "shared"), []);
});
