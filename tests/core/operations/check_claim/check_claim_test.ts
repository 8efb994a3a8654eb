import assert from "node:assert/strict";
import type { Share } from "../../../../core/claims/environment.ts";
import {
  checkClaims,
  type ContainerFacts,
  type Trial,
} from "../../../../core/operations/check_claim/check_claim.ts";
import { numaNodeId } from "../../../../core/values/ids.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { parseResourceName } from "../../../../core/values/resource_name.ts";
import { MiB } from "../../samples.ts";

const pages = parsePageSize("2m");
const share = (resource: string, node: number, bytes: bigint): Share => ({
  resource: parseResourceName(resource),
  numaNode: numaNodeId(node),
  bytes,
});
const onNode = (...numaNodes: number[]): Trial => ({ kind: "touched", numaNodes });

/** What a container is found to have that was given what it claims: hugepages of 2 MiB on nodes 0 and 1. */
const asPromised: ContainerFacts = {
  allowedNodes: [0, 1],
  limits: new Map([[pages, 8n * MiB]]),
  trials: new Map([[parseResourceName("hugepages-2m"), onNode(1)]]),
};
const hugepages = [share("hugepages-2m", 0, 4n * MiB), share("hugepages-2m", 1, 4n * MiB)];

function verdicts(shares: readonly Share[], facts: Partial<ContainerFacts> = {}): string[] {
  return checkClaims(shares, { ...asPromised, ...facts }).map(({ what, verdict }) => `${what}: ${verdict}`);
}

Deno.test("a container that has what it claims is ok in each respect", () => {
  assert.deepEqual(checkClaims(hugepages, asPromised), [
    { what: "NUMA nodes", promised: "0-1", found: "0-1", verdict: "ok" },
    { what: "limit of 2Mi pages", promised: "8Mi", found: "8Mi", verdict: "ok" },
    { what: "a page of 2Mi", promised: "NUMA node 0-1", found: "NUMA node 1", verdict: "ok" },
  ]);
});

Deno.test("a claim of ordinary memory has no limit of hugepages", () => {
  const memory = [share("memory", 1, 64n * MiB)];
  const trials = new Map([[parseResourceName("memory"), onNode(1)]]);
  assert.deepEqual(verdicts(memory, { trials }), ["NUMA nodes: ok", "memory: ok"]);
});

Deno.test("a node that is claimed and not allowed is wrong, one that is allowed besides is not", () => {
  assert.equal(verdicts(hugepages, { allowedNodes: [0] })[0], "NUMA nodes: wrong");
  assert.equal(verdicts(hugepages, { allowedNodes: [0, 1, 2] })[0], "NUMA nodes: ok");
});

for (
  const [limit, verdict] of [
    [8n * MiB, "ok"],
    // The kubelet's own, of a container that requests hugepages as well.
    [16n * MiB, "ok"],
    [8n * MiB - 1n, "wrong"],
    [0n, "wrong"],
    ["max", "wrong"],
    [undefined, "unknown"],
  ] as const
) {
  Deno.test(`a limit of ${limit} bytes for 8Mi is ${verdict}`, () => {
    assert.equal(
      verdicts(hugepages, { limits: new Map([[pages, limit]]) })[1],
      `limit of 2Mi pages: ${verdict}`,
    );
  });
}

for (
  const [trial, verdict] of [
    [onNode(0, 1), "ok"],
    [onNode(0, 2), "wrong"],
    [onNode(), "unknown"],
    [{ kind: "failed", reason: "the kernel gives none" }, "wrong"],
  ] as const satisfies readonly (readonly [Trial, string])[]
) {
  Deno.test(`a trial that is ${JSON.stringify(trial)} of pages on nodes 0 and 1 is ${verdict}`, () => {
    const trials = new Map([[parseResourceName("hugepages-2m"), trial]]);
    assert.equal(verdicts(hugepages, { trials })[2], `a page of 2Mi: ${verdict}`);
  });
}

Deno.test("a resource that was not tried is not known to be right", () => {
  assert.equal(verdicts(hugepages, { trials: new Map() })[2], "a page of 2Mi: unknown");
});
