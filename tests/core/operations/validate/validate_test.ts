import assert from "node:assert/strict";
import { isFatal, worstOutcome } from "../../../../core/operations/validate/check_result.ts";
import { checkNode } from "../../../../core/operations/validate/validate.ts";
import type { NodeFacts } from "../../../../core/operations/ports/node_facts.ts";
import { SampleTopology } from "../../fakes/sample_topology.ts";
import { GiB, numaNodeOf, topologyOf } from "../../samples.ts";
import { cgroupsWith, problems } from "./facts.ts";

const node: NodeFacts = {
  topology: new SampleTopology(topologyOf([numaNodeOf(0, GiB)])),
  cgroups: () => Promise.resolve(cgroupsWith({})),
  kernelRelease: () => Promise.resolve("6.1.0"),
  pageMoves: () => Promise.resolve({ demotion: false, mergingAcrossNodes: false }),
  kubelet: () =>
    Promise.resolve({
      root: "/var/lib/kubelet",
      rootNamed: false,
      directories: [],
      memoryManager: { kind: "known", policy: "None", setBy: { kind: "default" } },
      countsClaims: true,
    }),
  runtime: () => Promise.resolve({ kind: "none" }),
  ociRuntime: () => Promise.resolve(undefined),
  nriSocket: () => Promise.resolve({ path: "/nri.sock", named: true, outcome: { kind: "connected" } }),
  cdiDirectory: () => Promise.resolve({ path: "/run/cdi", state: "writable" }),
  user: () => ({ id: 0 }),
  clock: () => ({ now: "2026-01-01T00:00:00.000Z", synchronized: true }),
};

Deno.test("a node's checks are there by name, each once", async () => {
  const results = await checkNode(node);
  assert.deepEqual(problems(results), ["warn hugepage-pools", "warn runtime-version"]);
  assert.equal(new Set(results.map(({ name }) => name)).size, results.length);
  assert.equal(worstOutcome(results), "warn");
});

Deno.test("what the kernel moves memory by is looked at beside the nodes", async () => {
  const results = await checkNode({
    ...node,
    topology: new SampleTopology(topologyOf([numaNodeOf(0, GiB), numaNodeOf(1, GiB)])),
    pageMoves: () => Promise.resolve({ demotion: true, mergingAcrossNodes: true }),
  });
  const expected = [
    "warn hugepage-pools",
    "warn memory-demotion",
    "warn memory-merging",
    "warn runtime-version",
  ];
  assert.deepEqual(problems(results), expected);
});

Deno.test("what is wrong in one place keeps nothing else from being looked at", async () => {
  const results = await checkNode({
    ...node,
    cgroups: () => Promise.resolve({ place: { kind: "missing", path: "/c" }, named: true, mounts: [] }),
    kernelRelease: () => Promise.resolve(undefined),
    user: () => ({ id: 1000 }),
  });
  const expected = [
    "fail root",
    "warn kernel",
    "fatal cgroup-hierarchy",
    "warn hugepage-pools",
    "warn runtime-version",
  ];
  assert.deepEqual(problems(results), expected);
  assert.equal(worstOutcome(results), "fail");
  assert.deepEqual(results.filter(isFatal).map(({ name }) => name), ["cgroup-hierarchy"]);
});
