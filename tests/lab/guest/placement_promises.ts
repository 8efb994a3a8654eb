import assert from "node:assert/strict";
import { labMachine } from "../machines.ts";
import type { ClaimedShare, Placement } from "./placement.ts";
import { runWorkload, Workload } from "./workload.ts";

const mebibyte = 1 << 20;
const page = 2 * mebibyte;

/** 64 MiB of 2 MiB pages on node 1. */
export const hugepages: ClaimedShare = { resource: "hugepages-2m", numaNode: 1, bytes: 64 * mebibyte };
const memory: ClaimedShare = { resource: "memory", numaNode: 0, bytes: 128 * mebibyte };

/**
 * What a claim promises its container, as steps on the machine `two-nodes`, whoever writes the limits.
 *
 * The workloads run on the CPU of the other node, where their memory would come from without a pin.
 */
export async function checkPromises(t: Deno.TestContext, placement: Placement): Promise<void> {
  await t.step("hugepages claimed on node 1 are there, all of them and not one more", async () => {
    await using container = await placement.start([hugepages]);
    await checkHugepages(container.cgroup);
  });

  await t.step("a container without a claim gets no hugepage", async () => {
    await using container = await placement.start([]);
    assert.equal(await runWorkload({ cgroup: container.cgroup, bytes: page, page: "2m" }), "ENOMEM");
  });

  await t.step("a claim of one page size gives none of another", async () => {
    await using container = await placement.start([hugepages]);
    assert.equal(await runWorkload({ cgroup: container.cgroup, bytes: 1 << 30, page: "1g" }), "ENOMEM");
  });

  await t.step("two claims on one page size add up", async () => {
    await using container = await placement.start([{ ...hugepages, numaNode: 0, bytes: page }, hugepages]);
    const request = { cgroup: container.cgroup, page: "2m" } as const;
    const outcome = await runWorkload({ ...request, bytes: hugepages.bytes + page });
    assert.equal(typeof outcome, "object", `${outcome}`);
    assert.equal(await runWorkload({ ...request, bytes: hugepages.bytes + 2 * page }), "ENOMEM");
  });

  await t.step("memory claimed on node 0 is there", async () => {
    await using container = await placement.start([memory]);
    const request = { cgroup: container.cgroup, page: "base", cpu: 1 } as const;
    assert.deepEqual(await runWorkload({ ...request, bytes: memory.bytes }), { 0: memory.bytes });
  });
}

/** Checks that a container can use exactly {@link hugepages}. */
export async function checkHugepages(cgroup: string): Promise<void> {
  const request = { cgroup, page: "2m", cpu: 0 } as const;
  assert.deepEqual(await runWorkload({ ...request, bytes: hugepages.bytes }), { 1: hugepages.bytes });
  assert.equal(await runWorkload({ ...request, bytes: hugepages.bytes + page }), "ENOMEM");
  assert.equal(await runWorkload({ ...request, bytes: hugepages.bytes + page, noReserve: true }), "SIGBUS");
}

/** Checks that claimed memory stays on its node, and that nothing goes elsewhere, when the node has no more. */
export async function checkPressure(placement: Placement): Promise<void> {
  await using container = await placement.start([memory]);
  const request = { cgroup: container.cgroup, page: "base", cpu: 1 } as const;
  await using claimed = new Workload({ ...request, bytes: memory.bytes });
  assert.deepEqual(await claimed.outcome(), { 0: memory.bytes });
  // As much as the whole node has, while node 1 is free.
  const everything = (labMachine("two-nodes").nodes[0]?.memoryMiB ?? 0) * mebibyte;
  assert.equal(await runWorkload({ ...request, bytes: everything }), "SIGKILL");
  assert.deepEqual(await claimed.whereNow(), { 0: memory.bytes });
}
