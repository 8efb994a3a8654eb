import fc from "fast-check";
import assert from "node:assert/strict";
import { podUid } from "../../../../core/values/ids.ts";
import { formatPageSize, parsePageSize } from "../../../../core/values/page_size.ts";
import { planProvision } from "../../../../core/operations/setup_hugepages/plan.ts";
import { PromisedPages } from "../../../../core/operations/setup_hugepages/promised_pages.ts";
import type { HugePageProvision } from "../../../../core/operations/setup_hugepages/provision.ts";
import { hugepagesResource, memoryResource } from "../../../../core/values/resource_name.ts";
import type { Topology } from "../../../../core/topology/topology.ts";
import {
  allocationOf,
  GiB,
  MiB,
  nodeIds,
  numaNodeOf,
  poolOf,
  preparedClaim,
  topologyOf,
} from "../../samples.ts";
import { promisesOf } from "./_claimed.ts";
import { provisionOf } from "./provision.ts";

const page2m = parsePageSize("2m"), page1g = parsePageSize("1g");
/** Node 0 with surplus pages, 1 without memory, 2 with memory. */
const topology = topologyOf(
  [
    numaNodeOf(0, 16n * GiB, [poolOf(page2m, 10n, 2n), poolOf(page1g, 1n)]),
    numaNodeOf(1, 0n, [poolOf(page2m, 0n), poolOf(page1g, 0n)]),
    numaNodeOf(2, 16n * GiB, [{ ...poolOf(page2m, 64n), free: 60n }, poolOf(page1g, 0n)]),
  ],
  { offlineNodes: nodeIds(3) },
);

function plan(
  provision: HugePageProvision,
  promises = PromisedPages.none,
  machine: Topology = topology,
): string[] {
  return planProvision(provision, machine, promises).map(({ numaNode, pageSize, from, to }) =>
    `${formatPageSize(pageSize)}-${numaNode}: ${from} -> ${to}`
  );
}

Deno.test("pages without a node are spread over the nodes that have memory, those with one go there", () => {
  assert.deepEqual(plan(provisionOf(["1g", 4n, 2], ["2m", 65n])), [
    "2m-0: 8 -> 33",
    "2m-2: 64 -> 32",
    "1g-2: 0 -> 4",
  ]);
});

Deno.test("a node that gets none of a few pages loses those that it has", () => {
  assert.deepEqual(plan(provisionOf(["2m", 1n])), ["2m-0: 8 -> 1", "2m-2: 64 -> 0"]);
});

Deno.test("a plan knows of its own node whether all of its memory is movable", () => {
  const nodes = topology.nodes.map((node) => node.id === 2 ? { ...node, movableOnly: true } : node);
  const plans = planProvision(
    provisionOf(["2m", 9n, 0], ["2m", 9n, 2]),
    { ...topology, nodes },
    PromisedPages.none,
  );
  assert.deepEqual(plans.map(({ numaNode, movableOnly }) => [numaNode, movableOnly]), [[0, false], [
    2,
    true,
  ]]);
});

Deno.test("pages without a node are not spread onto memory without CPUs, which gets them by its name", () => {
  const [node0, , node2] = topology.nodes;
  assert(node0 !== undefined && node2 !== undefined);
  const machine = { ...topology, nodes: [node0, { ...node2, cpus: [] }] };
  const planned = (provision: HugePageProvision) => plan(provision, PromisedPages.none, machine);
  assert.deepEqual(planned(provisionOf(["2m", 65n])), ["2m-0: 8 -> 65"]);
  assert.deepEqual(planned(provisionOf(["2m", 65n, 2])), ["2m-2: 64 -> 65"]);
});

Deno.test("a plan tells what is in use and what claims hold", async () => {
  const promises = await promisesOf([preparedClaim(1, [allocationOf("hugepages-2m-numa2", 6n * MiB)])]);
  const [pool] = planProvision(provisionOf(["2m", 64n, 2]), topology, promises);
  assert.deepEqual([pool?.inUse, pool?.promised], [4n, 3n]);
});

const impossible: Record<string, [HugePageProvision, RegExp]> = {
  "a size that the kernel lacks": [
    provisionOf(["4m", 1n]),
    /^Cannot provision spec\.pages\[0\]: the kernel has no hugepages of 4Mi \(it has 2Mi, 1Gi\)$/,
  ],
  "a default size that the kernel lacks": [
    { ...provisionOf(), defaultPageSize: parsePageSize("64k") },
    /spec\.defaultHugepagesSize: the kernel has no hugepages of 64Ki/,
  ],
  "a node that is not there": [provisionOf(["2m", 1n, 7]), /there is no NUMA node 7 \(online are 0-2\)/],
  "a node that is offline": [provisionOf(["2m", 1n, 3]), /NUMA node 3 is not online/],
  "a node without memory": [provisionOf(["2m", 0n, 1]), /NUMA node 1 has no memory/],
  "a pool twice": [
    provisionOf(["2m", 1n, 0], ["1g", 1n, 0], ["2m", 1n, 0]),
    /spec\.pages\[2\]: spec\.pages\[0\] says already how many pages of 2Mi NUMA node 0 shall have/,
  ],
  "a size with a node and without": [
    provisionOf(["2m", 1n, 2], ["2m", 8n]),
    /spec\.pages\[1\]: spec\.pages\[0\] says already how many pages of 2Mi NUMA node 2/,
  ],
  "a size twice without a node": [provisionOf(["2m", 1n], ["2m", 8n]), /NUMA node 0,2 shall have/],
  "more than the node's memory, with the pages of another size": [
    provisionOf(["1g", 16n, 2]),
    /spec\.pages\[0\]: NUMA node 2 would have 16512Mi of hugepages, .* has 16Gi of memory/,
  ],
};
for (const [what, [provision, message]] of Object.entries(impossible)) {
  Deno.test(`${what} cannot be provisioned`, () => {
    assert.throws(() => plan(provision), { name: "ProvisionError", message });
  });
}

Deno.test("every problem is told at once", () => {
  assert.throws(
    () => plan(provisionOf(["4m", 1n], ["2m", 1n, 7])),
    ({ problems }) => problems.length === 2,
  );
});

Deno.test("a machine without hugepages says so", () => {
  const machine = topologyOf([numaNodeOf(0, GiB)]);
  assert.throws(
    () => plan(provisionOf(["2m", 1n]), PromisedPages.none, machine),
    /it has no hugepages at all/,
  );
});

Deno.test("where memory or a pool cannot be read nothing is planned", () => {
  const [numaNode] = nodeIds(0);
  const machine = (memory: bigint | undefined, resource = memoryResource) =>
    topologyOf([numaNodeOf(0, memory)], {
      hugepageSizes: [page2m],
      unreadable: [{
        path: "/sys/x",
        reason: "not found",
        ...(numaNode === undefined ? {} : { numaNode }),
        resource,
      }],
    });
  const wish = provisionOf(["2m", 1n]);
  assert.throws(
    () => plan(wish, PromisedPages.none, machine(undefined)),
    /the memory of NUMA node 0 cannot be read: \/sys\/x: not found/,
  );
  assert.throws(
    () => plan(wish, PromisedPages.none, machine(GiB, hugepagesResource(page2m))),
    /the pool of 2Mi on NUMA node 0 cannot be read/,
  );
});

Deno.test("pages that claims hold are not taken away, nor those that others use", async () => {
  const claims = [preparedClaim(1, [allocationOf("hugepages-2m-numa2", 32n * MiB)])];
  const promises = await promisesOf(claims, { "pod-uid-1/2m": {} });
  assert.deepEqual(plan(provisionOf(["2m", 20n, 2]), promises), ["2m-2: 64 -> 20"]);
  assert.throws(
    () => plan(provisionOf(["2m", 19n, 2]), promises),
    new RegExp(
      "spec.pages\\[0\\]: of the pages of 2Mi on NUMA node 2 prepared claims hold 16 \\(default/claim-1\\), and 4 " +
        "more are in use \\(ask for at least 20, or delete the pods of those claims first\\)",
    ),
  );
  const unknown = await promisesOf(claims);
  assert.throws(
    () => plan(provisionOf(["2m", 19n, 2]), unknown),
    /hold 16 \(default\/claim-1\), and 4 are in use, by those claims or others: which, this kernel does not tell/,
  );
});

Deno.test("pages that pods without claims have reserved are not taken away, and whose they are is told", async () => {
  const reservation = { pod: podUid("0c01e379"), pageSize: page2m, bytes: 80n * MiB, nodes: [2] };
  const promises = await promisesOf([], {}, [reservation]);
  assert.deepEqual(plan(provisionOf(["2m", 44n, 2]), promises), ["2m-2: 64 -> 44"]);
  assert.throws(
    () => plan(provisionOf(["2m", 43n, 2]), promises),
    /mappings of pods have reserved 40 \(pod 0c01e379\), and 4 more are in use \(ask for at least 44, or delete those pods/,
  );
});

Deno.test("a plan knows how many free pages of its size mappings have reserved on the machine", () => {
  const machine = { ...topology, reservedHugepages: new Map([[page2m, 7n]]) };
  const plans = planProvision(provisionOf(["2m", 9n, 0], ["1g", 1n, 0]), machine, PromisedPages.none);
  assert.deepEqual(plans.map(({ reserved }) => reserved), [7n, 0n]);
});

Deno.test("a pool that has fewer pages than claims hold may grow, and stay", async () => {
  const promises = await promisesOf([preparedClaim(1, [allocationOf("hugepages-2m-numa2", 512n * MiB)])]);
  assert.deepEqual(plan(provisionOf(["2m", 65n, 2]), promises), ["2m-2: 64 -> 65"]);
  assert.deepEqual(plan(provisionOf(["2m", 64n, 2]), promises), ["2m-2: 64 -> 64"]);
  assert.throws(() => plan(provisionOf(["2m", 63n, 2]), promises), /hold 256/);
});

Deno.test("no plan leaves claims fewer pages than they hold, unless they lack them already", async () => {
  const pages = fc.bigInt(0n, 64n);
  await fc.assert(fc.asyncProperty(pages, pages, pages, pages, async (total, used, promised, wanted) => {
    const pool = { ...poolOf(page2m, total), free: used > total ? 0n : total - used };
    const machine = topologyOf([numaNodeOf(0, GiB, [pool])]);
    const promises = await promisesOf([
      preparedClaim(1, promised === 0n ? [] : [allocationOf("hugepages-2m-numa0", promised * page2m)]),
    ]);
    try {
      const [planned] = planProvision(provisionOf(["2m", wanted, 0]), machine, promises);
      assert.equal(planned?.to, wanted);
      assert(promised === 0n || wanted >= total || wanted >= promised + (total - pool.free));
    } catch (error) {
      assert.match(String(error), /ask for at least/);
      assert(wanted < total && promised > 0n);
    }
  }));
});
