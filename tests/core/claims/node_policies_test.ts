import assert from "node:assert/strict";
import { NodePolicies } from "../../../core/claims/node_policies.ts";

const able = { name: "containerd 2.4.2", hasPolicies: true };
const unable = { name: "containerd 2.2.9", hasPolicies: false };

function problem(
  mode: "interleave" | "preferredMany" | "weightedInterleave",
  release?: string,
  runtime = able,
) {
  const policies = new NodePolicies(release);
  policies.runtime = runtime;
  return policies.problem({ policy: mode });
}

Deno.test("a kernel has a policy from the version on that brought it", () => {
  assert.equal(problem("interleave", "4.18.0"), undefined);
  assert.equal(
    problem("preferredMany", "5.14.0-1"),
    "policy: preferredMany needs Linux 5.15, and this node has 5.14.0-1",
  );
  assert.equal(problem("preferredMany", "5.15.0"), undefined);
  assert.equal(
    problem("weightedInterleave", "6.8.0"),
    "policy: weightedInterleave needs Linux 6.9, and this node has 6.8.0",
  );
  assert.equal(problem("weightedInterleave", "6.9.1"), undefined);
});

Deno.test("a runtime that leaves policies out is refused by name", () => {
  assert.equal(
    problem("interleave", "6.12.0", unable),
    "policy: interleave needs a container runtime with NRI 0.12, as containerd 2.3, and this node has containerd 2.2.9",
  );
});

Deno.test("what is not known yet refuses nothing: the container is asked about again when it is created", () => {
  assert.equal(new NodePolicies(undefined).problem({ policy: "weightedInterleave" }), undefined);
});

Deno.test("a node that cannot limit memory says so, of limits alone", () => {
  const policies = new NodePolicies("6.12.0", "limits: there is no cgroup v2");
  assert.equal(policies.problem({ limits: { max: "claim" } }), "limits: there is no cgroup v2");
  assert.equal(policies.problem({ policy: "interleave" }), undefined);
  assert.equal(new NodePolicies("6.12.0").problem({ limits: { max: "claim" } }), undefined);
});
