/** What selectors mean on one device, asked of the scheduler's own evaluator. */
import assert from "node:assert/strict";
import * as v from "valibot";
import { CelSelectors } from "../../adapters/operations/cluster/cel_selectors.ts";
import { SliceReader } from "../../adapters/operations/cluster/slice_object.ts";
import { poolsByNode } from "../../core/operations/cluster/pools.ts";
import { allocatorPrograms } from "./allocator/allocator.ts";
import { requirePeer } from "./go.ts";
import { JsonPeer } from "./json_peer.ts";
import { expressions, unknownHere } from "./selectors/expressions.ts";

const slice = {
  apiVersion: "resource.k8s.io/v1",
  kind: "ResourceSlice",
  metadata: { name: "slice" },
  spec: {
    driver: "dra.memory",
    nodeName: "node",
    pool: { name: "node", generation: 1, resourceSliceCount: 1 },
    devices: [{
      name: "device",
      allowMultipleAllocations: true,
      attributes: {
        tier: { string: "dram" },
        version: { version: "1.2.3" },
        flag: { bool: true },
        "resource.kubernetes.io/numaNode": { int: 0 },
      },
      capacity: { size: { value: "1Gi" } },
    }],
  },
};
const [pool] = poolsByNode([new SliceReader().read(slice)]).get("node") ?? [];
const device = pool?.devices[0] ?? assert.fail();

const answer = v.object({
  verdicts: v.tuple([v.object({ fits: v.optional(v.boolean(), false), error: v.optional(v.string()) })]),
});

function clusterWith(expression: string) {
  const exactly = {
    deviceClassName: "any",
    allocationMode: "ExactCount",
    count: 1,
    selectors: [{ cel: { expression } }],
  };
  const claim = {
    metadata: { name: "claim", namespace: "default", uid: "5e1ec704-0000-4000-8000-000000000001" },
    spec: { devices: { requests: [{ name: "request", exactly }] } },
  };
  const classes = [{ metadata: { name: "any" }, spec: {} }];
  return { slices: [slice], classes, claims: [], wanted: [claim], nodes: ["node"] };
}

/** True, false, that it errs, or that it is unknown. */
function judged(expression: string): boolean | string {
  const verdict = new CelSelectors().evaluate(expression, device);
  return typeof verdict === "boolean" ? verdict : verdict.kind;
}

for (const [minor, program] of Object.entries(allocatorPrograms)) {
  Deno.test(`${expressions.length} selectors mean what they mean to the scheduler of 1.${minor}`, async () => {
    await using peer = JsonPeer.start(await requirePeer(program));
    const seen = new Map<boolean | string, number>(), differences: string[] = [];
    for (const expression of expressions) {
      const { verdicts: [{ fits, error }] } = await peer.ask({ judge: clusterWith(expression) }, answer);
      const refused = error?.includes("compile error") === true, theirs = error === undefined ? fits : "errs";
      const ours = judged(expression);
      // What the API server would not have taken may be unknown here.
      if (ours !== theirs && !(refused && ours === "unknown")) {
        differences.push(`${expression}: ${ours}, there ${theirs} ${error ?? ""}`);
      }
      seen.set(ours, (seen.get(ours) ?? 0) + 1);
    }
    assert.deepEqual(differences, []);
    // All verdicts stand in the sample, or it would prove little.
    for (const kind of [true, false, "errs"]) {
      assert.ok((seen.get(kind) ?? 0) > 20, `${kind}: ${seen.get(kind)}`);
    }
  });
}

for (const expression of unknownHere) {
  Deno.test(`${expression} is not judged`, () => assert.equal(judged(expression), "unknown"));
}
