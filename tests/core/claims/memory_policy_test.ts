import assert from "node:assert/strict";
import fc from "fast-check";
import type { PolicyMode } from "../../../core/claims/configuration/memory_config.ts";
import { memoryPolicyOf, PolicyConflictError } from "../../../core/claims/memory_policy.ts";
import type { HeldShare } from "../../../core/claims/memory_terms.ts";
import { allocationOf, MiB } from "../samples.ts";

type Mode = Exclude<PolicyMode, "bind">;

function memoryOn(node: number, policy?: Mode): HeldShare {
  const { resource, numaNode, bytes } = allocationOf(`memory-numa${node}`, MiB);
  return { resource, numaNode, bytes, ...(policy === undefined ? {} : { terms: { policy } }) };
}

const pagesOn = (node: number, size = "2m"): HeldShare =>
  allocationOf(`hugepages-${size}-numa${node}`, 2n * MiB);

Deno.test("a container whose claims ask for no policy has none", () => {
  for (const shares of [[], [memoryOn(0), memoryOn(1)], [memoryOn(0), pagesOn(1)], [pagesOn(0)]]) {
    assert.equal(memoryPolicyOf(shares), undefined);
  }
});

for (const mode of ["preferredMany", "interleave", "weightedInterleave"] as const) {
  Deno.test(`${mode} is over all nodes of the container's memory`, () => {
    assert.deepEqual(memoryPolicyOf([3, 1, 0, 1].map((node) => memoryOn(node, mode))), {
      mode,
      nodes: "0-1,3",
    });
  });
}

Deno.test("preferred is for one node", () => {
  const shares = [memoryOn(1, "preferred"), memoryOn(1, "preferred")];
  assert.deepEqual(memoryPolicyOf(shares), { mode: "preferred", nodes: "1" });
  assert.throws(
    () => memoryPolicyOf([...shares, memoryOn(0, "preferred")]),
    new PolicyConflictError(
      "policy: preferred is for one NUMA node, and the memory is on 0-1: write preferredMany",
    ),
  );
});

Deno.test("claims of one container that say different things are refused with both", () => {
  for (const other of [undefined, "preferredMany"] as const) {
    assert.throws(
      () => memoryPolicyOf([memoryOn(0, "interleave"), memoryOn(1, other)]),
      new PolicyConflictError(
        `policy: a container has one for all of its claims of memory, which say interleave and ${
          other ?? "bind"
        }: write the same for each`,
      ),
    );
  }
});

Deno.test("hugepages are not drawn to a node that they were not claimed on", () => {
  const memory = [memoryOn(0, "interleave"), memoryOn(1, "interleave")];
  assert.deepEqual(memoryPolicyOf([...memory, pagesOn(0), pagesOn(1)]), { mode: "interleave", nodes: "0-1" });
  assert.throws(
    () => memoryPolicyOf([...memory, pagesOn(0), pagesOn(1), pagesOn(0, "1g")]),
    new PolicyConflictError(
      "policy: interleave over NUMA node 0-1 would draw hugepages-1g to 1, where the container has claimed none: " +
        "claim them on the same nodes, or for another container",
    ),
  );
});

Deno.test("no other node may be used beside hugepages", () => {
  assert.throws(
    () => memoryPolicyOf([memoryOn(0, "preferred"), pagesOn(0)]),
    new PolicyConflictError(
      "policy: preferred lets the container use other NUMA nodes, and its claim of hugepages-2m keeps bind: " +
        "claim them for another container",
    ),
  );
});

Deno.test("a policy names the nodes of the claims of memory, or is refused", () => {
  const mode = fc.constantFrom<Mode | undefined>(undefined, "preferred", "preferredMany", "interleave");
  const share = fc.oneof(
    fc.tuple(fc.nat(3), mode).map(([node, mode]) => memoryOn(node, mode)),
    fc.nat(3).map((node) => pagesOn(node)),
  );
  fc.assert(fc.property(fc.array(share, { maxLength: 6 }), (shares) => {
    const asked = new Set(shares.flatMap(({ terms }) => terms?.policy ?? []));
    try {
      const policy = memoryPolicyOf(shares);
      assert.equal(policy?.mode, [...asked][0]);
      assert.ok(asked.size <= 1);
    } catch (error) {
      assert.ok(error instanceof PolicyConflictError);
      assert.ok(asked.size > 0);
    }
  }));
});
