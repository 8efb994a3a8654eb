import assert from "node:assert/strict";
import fc from "fast-check";
import type { ClusterClaim } from "../../../../core/operations/cluster/claims.ts";
import { ClusterViewBuilder } from "../../../../core/operations/cluster/cluster_view.ts";
import type { ClusterDevice, ClusterSlice } from "../../../../core/operations/cluster/device.ts";
import { largestPiece } from "../../../../core/operations/cluster/largest_piece.ts";

const page = 2n << 20n;

function device(name: string, pages: bigint): ClusterDevice {
  const policy = { default: page, validRange: { min: page, step: page } };
  return {
    name,
    attributes: {},
    capacity: { size: { value: pages * page, policy } },
    shared: true,
    taints: [],
  };
}

function slice(
  node: string,
  devices: ClusterDevice[],
  pool = { generation: 1, resourceSliceCount: 1 },
): ClusterSlice {
  return {
    name: `s-${node}-${pool.generation}`,
    nodeName: node,
    pool: { name: `${node}/hugepages-2m`, ...pool },
    devices,
  };
}

function claim(
  name: string,
  node: string,
  device: string,
  size: string | undefined,
  users = 1,
): ClusterClaim {
  return {
    namespace: "team",
    name,
    uid: name,
    spec: { requests: [], constraints: [], configs: [], configuredDrivers: [] },
    allocation: {
      results: [{
        request: "r",
        pool: `${node}/hugepages-2m`,
        device,
        adminAccess: false,
        ...(size === undefined ? {} : { shareId: name, consumedCapacity: { size } }),
      }],
      otherResults: 0,
      configs: [],
    },
    reservedFor: Array.from({ length: users }, (_, index) => ({ name: `p${index}`, uid: `${index}` })),
    deleting: false,
    reported: new Set(),
  };
}

function view(slices: ClusterSlice[], claims: ClusterClaim[], nodes?: string[], only?: string) {
  const builder = new ClusterViewBuilder();
  for (const each of slices) builder.addSlice(each);
  for (const each of claims) builder.addClaim(each);
  return builder.build(nodes && new Set(nodes), new Map(), only);
}

Deno.test("of each device it shows what claims hold, what is free and how many they are", () => {
  const { nodes } = view([slice("a", [device("d0", 10n), device("d1", 4n)])], [
    claim("x", "a", "d0", "4Mi"),
    claim("y", "a", "d0", "6Mi"),
  ]);
  const shown = nodes.flatMap(({ devices }) =>
    devices.map(({ name, claimed, free, claims }) => [name, claimed / page, free / page, claims])
  );
  assert.deepEqual(shown, [["d0", 5n, 5n, 2], ["d1", 0n, 4n, 0]]);
});

Deno.test("a claim without a share id holds the device whole", () => {
  const { nodes } = view([slice("a", [device("d0", 10n)])], [claim("x", "a", "d0", undefined)]);
  assert.deepEqual(nodes[0]?.devices.map(({ free }) => free), [0n]);
});

Deno.test("the sums have the largest piece of all nodes, and where it is", () => {
  const { sums } = view([slice("a", [device("d0", 10n)]), slice("b", [device("d0", 8n)])], [
    claim("x", "a", "d0", "8Mi"),
  ]);
  assert.deepEqual(sums, [{
    resource: "hugepages-2m",
    nodes: 2,
    capacity: 18n * page,
    claimed: 4n * page,
    free: 14n * page,
    largest: { bytes: 8n * page, node: "b", device: "d0" },
  }]);
});

Deno.test("only the newest generation of a pool counts, and nothing of one that lacks slices", () => {
  const older = slice("a", [device("old", 10n)], { generation: 1, resourceSliceCount: 1 });
  const newer = slice("a", [device("new", 10n)], { generation: 2, resourceSliceCount: 2 });
  const { nodes, stale } = view([older, newer], []);
  assert.deepEqual(nodes[0]?.devices.map(({ name, largest, pooled }) => [name, largest, pooled]), [
    ["new", 0n, "incomplete"],
  ]);
  assert.deepEqual(stale.map(({ kind }) => kind), ["pool-incomplete"]);
});

Deno.test("what is stale is named: nodes and devices that are gone, claims that nobody uses", () => {
  const { stale } = view([slice("a", [device("d0", 10n)])], [
    claim("unused", "a", "d0", "2Mi", 0),
    claim("lost", "a", "gone", "2Mi"),
  ], ["b"]);
  assert.deepEqual(stale, [
    { kind: "node-gone", node: "a" },
    { kind: "claim-not-reserved", claim: "team/unused" },
    { kind: "device-gone", claim: "team/lost", device: "a/hugepages-2m/gone" },
  ]);
});

Deno.test("of one node alone what is stale elsewhere is left out", () => {
  const slices = [slice("a", [device("d0", 10n)]), slice("b", [device("d0", 10n)])];
  const { nodes, stale } = view(slices, [claim("unused", "b", "d0", "2Mi", 0)], ["a", "b"], "a");
  assert.deepEqual([nodes.map(({ name }) => name), stale], [["a"], []]);
});

Deno.test("the largest piece is free, as its policy gives pieces, and no larger one is", () => {
  const policies = fc.oneof(
    fc.record({
      validRange: fc.record({ min: fc.bigInt(1n, 8n), step: fc.bigInt(1n, 8n), max: fc.bigInt(8n, 99n) }),
    }),
    fc.record({
      validValues: fc.uniqueArray(fc.bigInt(1n, 99n), { maxLength: 5 }).map((all) => all.sort(ascending)),
    }),
  );
  fc.assert(fc.property(policies, fc.bigInt(0n, 120n), (policy, free) => {
    const isPiece = (bytes: bigint) =>
      "validRange" in policy
        ? bytes >= policy.validRange.min && bytes <= policy.validRange.max &&
          (bytes - policy.validRange.min) % policy.validRange.step === 0n
        : policy.validValues.includes(bytes);
    const all = Array.from({ length: Number(free) + 1 }, (_, bytes) => BigInt(bytes)).filter(isPiece);
    assert.equal(largestPiece({ value: 200n, policy }, free), all.at(-1) ?? 0n);
  }));
});

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : 1;
}
