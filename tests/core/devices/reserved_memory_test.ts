import assert from "node:assert/strict";
import { parseReservation } from "../../../core/devices/reservation.ts";
import { noReservedMemory, reserveMemory } from "../../../core/devices/reserved_memory.ts";
import { memoryResource } from "../../../core/values/resource_name.ts";
import { numaNodeId } from "../../../core/values/ids.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { GiB, MiB, nodeIds, numaNodeOf, poolOf, topologyOf } from "../samples.ts";

const page2m = parsePageSize("2m");
const machine = topologyOf(
  [numaNodeOf(0, GiB, [poolOf(page2m, 10n)]), numaNodeOf(33, 3n * GiB, [poolOf(page2m, 5n)])],
  { offlineNodes: nodeIds(7) },
);

/** What a reservation keeps: node, resource and bytes. */
function kept(text: string) {
  const { memory } = reserveMemory(parseReservation(text), machine);
  return [...memory].flatMap(([node, amounts]) =>
    [...amounts].map(([resource, bytes]) => [node, resource, bytes])
  );
}

const amounts: Record<string, unknown[]> = {
  "": [],
  "0:memory=1000,hugepages-2Mi=4Mi": [[0, "memory", 1000n], [0, "hugepages-2m", 4n * MiB]],
  "*:memory=100Mi": [[0, "memory", 100n * MiB], [33, "memory", 100n * MiB]],
  "*:memory=100Mi;33:memory=1Gi": [[0, "memory", 100n * MiB], [33, "memory", GiB]],
  "33:memory=1Gi;*:memory=100Mi": [[33, "memory", GiB], [0, "memory", 100n * MiB]],
  "*:memory=50%": [[0, "memory", GiB / 2n], [33, "memory", 3n * GiB / 2n]],
  "0:hugepages-2Mi=25%": [[0, "hugepages-2m", 5n * MiB]],
};
for (const [text, expected] of Object.entries(amounts)) {
  Deno.test(`on a machine of the nodes 0 and 33 the reservation ${JSON.stringify(text)} keeps what it says`, () => {
    assert.deepEqual(kept(text), expected);
  });
}

Deno.test("what is for nodes and page sizes that the machine does not have is ignored, each with its reason", () => {
  const { memory, ignored } = reserveMemory(
    parseReservation("0:memory=1Gi;1:memory=1Gi;7:memory=1Gi;*:hugepages-1Gi=1Gi"),
    machine,
  );
  assert.deepEqual([...memory.keys()], [0]);
  assert.deepEqual(ignored, [
    "1:memory=1Gi: this machine has no NUMA node 1",
    "*:hugepages-1Gi=1Gi: this machine has no hugepages of 1Gi",
  ]);
});

Deno.test("it is said what came to something else than was written: parts of pages, percentages, every node", () => {
  const notes = (text: string) => reserveMemory(parseReservation(text), machine).notes;
  assert.deepEqual(notes("0:memory=500Mi,hugepages-2Mi=4Mi"), []);
  assert.deepEqual(notes("0:hugepages-2Mi=3M"), [
    "0:hugepages-2Mi=3M keeps 4Mi on NUMA node 0, 2 pages of 2Mi",
  ]);
  assert.deepEqual(notes("0:memory=100M"), ["0:memory=100M keeps 95.4Mi on NUMA node 0"]);
  assert.deepEqual(notes("*:memory=25%"), [
    "*:memory=25% keeps 256Mi on NUMA node 0",
    "*:memory=25% keeps 768Mi on NUMA node 33",
  ]);
});

Deno.test("an amount for the whole machine is spread by how much memory each node has, and nothing of it is lost", () => {
  const rule = { numaNode: "every", resource: memoryResource, text: "the kubelet's" } as const;
  const { memory } = reserveMemory([{ ...rule, amount: { kind: "spread", bytes: 1001n } }], machine);
  assert.deepEqual([...memory.values()].map((amounts) => amounts.get(memoryResource)), [251n, 751n]);
});

Deno.test("nothing is reserved where nothing is said", () => {
  assert.equal(noReservedMemory.get(numaNodeId(0)), undefined);
});

Deno.test("a reservation that leaves nothing for claims is told with what there is", () => {
  const notes = (text: string) => reserveMemory(parseReservation(text), machine).notes;
  assert.deepEqual(notes("33:memory=100Gi"), [
    "33:memory=100Gi leaves nothing of the memory of NUMA node 33 for claims: it has 3Gi",
  ]);
  assert.deepEqual(notes("0:memory=1004Mi"), [
    "0:memory=1004Mi leaves nothing of the memory of NUMA node 0 for claims: it has 1004Mi",
  ]);
  assert.deepEqual(notes("0:hugepages-2Mi=20Mi"), [
    "0:hugepages-2Mi=20Mi leaves nothing of the pages of 2Mi of NUMA node 0 for claims: it has 20Mi",
  ]);
  assert.deepEqual(notes("0:memory=1003Mi"), []);
});

Deno.test("a page size is taken in any spelling", () => {
  for (const size of ["2Mi", "2M", "2m", "2MB", "2048kB"]) {
    assert.deepEqual(kept(`0:hugepages-${size}=4Mi`), [[0, "hugepages-2m", 4n * MiB]]);
  }
});
