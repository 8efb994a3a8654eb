import assert from "node:assert/strict";
import type { ClusterDevice } from "../../../../core/operations/cluster/device.ts";
import { ConstraintState } from "../../../../core/operations/explain/constraints.ts";
import { rulesOf } from "../../../../core/operations/explain/scheduler_rules.ts";

const attribute = "resource.kubernetes.io/numaNode";

/** A device of a node, or of a list of nodes. */
function deviceAt(...nodes: readonly number[]): ClusterDevice {
  const values = nodes.map((node) => ({ kind: "int", value: BigInt(node) }) as const);
  const [only] = values;
  const value = only !== undefined && values.length === 1 ? only : { kind: "list", values } as const;
  return {
    name: nodes.join("-"),
    attributes: { [attribute]: value },
    capacity: {},
    shared: true,
    taints: [],
  };
}

/** For each device, one after the other, whether it may be chosen. */
function chosen(kind: "match" | "distinct", devices: readonly ClusterDevice[]): boolean[] {
  const state = new ConstraintState({ kind, attribute, requests: [] }, "dra.memory", rulesOf(37));
  return devices.map((device, index) => state.add(`request-${index}`, undefined, device));
}

Deno.test("lists match as long as all of them have a value in common, a single value with those that have it", () => {
  assert.deepEqual(chosen("match", [deviceAt(0, 1), deviceAt(1), deviceAt(2, 1)]), [true, true, true]);
  // 0 and 1 have a value in common with the first each, and none with each other.
  assert.deepEqual(chosen("match", [deviceAt(0, 1), deviceAt(0), deviceAt(1, 2)]), [true, true, false]);
});

Deno.test("lists are distinct as long as no two of them have a value in common", () => {
  assert.deepEqual(chosen("distinct", [deviceAt(0, 1), deviceAt(2), deviceAt(3, 0)]), [true, true, false]);
});
