import assert from "node:assert/strict";
import { encodeEnvironment } from "../../../core/claims/environment.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import type { ContainerMemory } from "../../../core/ports/container_memory.ts";
import { AdjustContainers } from "../../../core/use_cases/adjust_containers.ts";
import { CompareContainers } from "../../../core/use_cases/compare_containers.ts";
import { containerId } from "../../../core/values/ids.ts";
import { allocationOf, MiB, podOf, preparedClaim, uidOf } from "../samples.ts";
import { driver } from "./claim_driver.ts";

/** A driver whose claim 1, memory of node 0, is held by a running container that has what `actual` says by then. */
async function running() {
  const parts = driver();
  parts.checkpoint.stored.set(uidOf(1), preparedClaim(1, [allocationOf("memory-numa0", MiB)]));
  await parts.store.recover();
  const actual: { memory: ContainerMemory | undefined; looks: number } = { memory: undefined, looks: 0 };
  const comparing = new CompareContainers({
    ...parts,
    limitsRestored: () => 0,
    memory: () => ({ read: () => Promise.resolve((actual.looks++, actual.memory)) }),
  });
  const environment = [...parts.store.claims()].flatMap(environmentsOf).flatMap(encodeEnvironment);
  const sandbox = { reference: podOf(1), cgroupParent: "/kubepods/pod1" };
  const container = {
    id: containerId("1"),
    name: "app",
    environment,
    applied: { mems: "", hugetlbBytes: new Map() },
  };
  const adjusting = new AdjustContainers(parts);
  await adjusting.adjust(sandbox, container);
  return { ...parts, comparing, actual, remove: () => adjusting.removed(sandbox, container) };
}

const onNode = (...mems: number[]): ContainerMemory => ({ mems, hugetlb: [], memory: undefined });

Deno.test("a container that has what it was promised differs in nothing, and one that is not found neither", async () => {
  const { comparing, actual, events } = await running();
  for (const memory of [onNode(0), undefined]) {
    actual.memory = memory;
    await comparing.run();
    assert.deepEqual([...comparing.differing], []);
  }
  assert.ok(!events.kinds().includes("containers-differ"));
});

Deno.test("a container that differs is counted at each look and told once, until it differs again", async () => {
  const { comparing, actual, events } = await running();
  const told = () => events.kinds().filter((kind) => kind === "containers-differ").length;
  for (const [mems, times] of [[[1], 1], [[0, 1], 1], [[0], 1], [[1], 2]] as const) {
    actual.memory = onNode(...mems);
    await comparing.run();
    assert.deepEqual([...comparing.differing], mems.length === 1 && mems[0] === 0 ? [] : [["numa-nodes", 1]]);
    assert.equal(told(), times, mems.join());
  }
});

Deno.test("nothing is looked at where no container holds a claim", async () => {
  const { comparing, actual, remove } = await running();
  actual.memory = onNode(1);
  await comparing.run();
  await remove();
  await comparing.run();
  assert.deepEqual([actual.looks, [...comparing.differing]], [1, []]);
});
