import assert from "node:assert/strict";
import { checkFreeHugepages } from "../../../core/claims/free_hugepages.ts";
import { Containers } from "../../../core/claims/containers.ts";
import { untouchedBytes } from "../../../core/claims/untouched_hugepages.ts";
import { PodCgroupError } from "../../../core/ports/pod_cgroup.ts";
import { containerId } from "../../../core/values/ids.ts";
import { pageSize } from "../../../core/values/page_size.ts";
import { ClaimList } from "../fakes/claim_list.ts";
import { FreePages } from "../fakes/free_pages.ts";
import { MemoryCgroups } from "../fakes/memory_cgroups.ts";
import { allocationOf, MiB, podOf, preparedClaim, referenceOf } from "../samples.ts";

const page = pageSize(2n * MiB), device = "hugepages-2m-numa0";
const one = preparedClaim(1, [allocationOf(device, 32n * MiB), allocationOf("hugepages-2m-numa1", 8n * MiB)]);
const two = preparedClaim(2, [allocationOf(device, 16n * MiB)], 2);

/** The claims above, of which that of pod 1 has a container; all containers are known. */
function node() {
  const store = new ClaimList(one, two), podCgroups = new MemoryCgroups();
  const containers = new Containers(store);
  const sandbox = { reference: podOf(1), cgroupParent: "/pod1" };
  const adjustment = { mems: "0", hugetlbBytes: new Map() };
  const id = containerId("a");
  containers.add({
    id,
    name: "app",
    sandbox,
    holdings: new Map([[one, []]]),
    adjustment,
    limitsPending: false,
  });
  containers.keepOnly(new Set([id]));
  const untouched = (bytes: bigint) => untouchedBytes({ store, containers, podCgroups }, device, page, bytes);
  return { store, podCgroups, containers, untouched };
}

Deno.test("what a pod's claims promise and it does not use is untouched; a pod without containers uses none", async () => {
  const { podCgroups, untouched } = node();
  for (const [used, rest] of [[0n, 48n], [10n, 38n], [32n, 16n], [40n, 16n]] as const) {
    podCgroups.usage.set("/pod1", used * MiB);
    assert.equal(await untouched(0n), rest * MiB);
  }
});

Deno.test("the claim that is being prepared is left out, others that are being prepared are not", async () => {
  const { store, podCgroups, containers } = node();
  const preparing = {
    claims: () => store.claims(),
    usedBytes: (name: string) => store.usedBytes(name) + 4n * MiB + 6n * MiB,
  };
  const sources = { store: preparing, containers, podCgroups };
  assert.equal(await untouchedBytes(sources, device, page, 4n * MiB), 54n * MiB);
});

Deno.test("what cannot be known keeps no claim from being prepared", async () => {
  const { podCgroups, untouched, store } = node();
  podCgroups.failure = new PodCgroupError("gone");
  assert.equal(await untouched(0n), 16n * MiB);
  const containers = new Containers(store);
  assert.equal(await untouchedBytes({ store, containers, podCgroups }, device, page, 0n), 0n);
});

Deno.test("free pages that are promised to others are not there for a claim, and the refusal says so", async () => {
  const allocations = [allocationOf(device, 4n * MiB)];
  const promised = (pages: bigint) => () => Promise.resolve({ byClaims: pages * 2n * MiB, byLimits: 0n });
  await checkFreeHugepages(referenceOf(3), allocations, new FreePages({ "2m-0": 8n }), promised(6n));
  await assert.rejects(
    checkFreeHugepages(referenceOf(3), allocations, new FreePages({ "2m-0": 8n }), promised(7n)),
    {
      message:
        /wants 2 hugepages of 2Mi on NUMA node 0, where 8 of 16 are free and 7 of them are promised to other claims: something/,
    },
  );
});
