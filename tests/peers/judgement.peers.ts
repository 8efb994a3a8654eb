import assert from "node:assert/strict";
import fc from "fast-check";
import * as v from "valibot";
import { CelSelectors } from "../../adapters/operations/cluster/cel_selectors.ts";
import { readClaim } from "../../adapters/operations/cluster/claim_object.ts";
import { readDeviceClass } from "../../adapters/operations/cluster/device_class_object.ts";
import { SliceReader } from "../../adapters/operations/cluster/slice_object.ts";
import { poolsByNode } from "../../core/operations/cluster/pools.ts";
import { ClusterUsage } from "../../core/operations/cluster/usage.ts";
import { rulesOf } from "../../core/operations/explain/scheduler_rules.ts";
import type { Outcome } from "../../core/operations/explain/judgement.ts";
import { search } from "../../core/operations/explain/search.ts";
import { equal } from "../../core/values/equal.ts";
import { formatQuantity, parseQuantity } from "../../core/values/quantity.ts";
import { type GoProgram, requirePeer, ToolchainError } from "./go.ts";
import { JsonPeer } from "./json_peer.ts";
import { allocatorPrograms } from "./allocator/allocator.ts";
import { type GeneratedCluster, generatedCluster } from "./allocator/generated_cluster.ts";

const answer = v.object({
  verdicts: v.array(v.object({
    fits: v.optional(v.boolean(), false),
    devices: v.optional(v.array(v.string()), []),
    error: v.optional(v.string()),
  })),
});

/** What is judged of each node, in the words of the peer. */
function judged(cluster: GeneratedCluster, minor: number): (string | string[])[] {
  const usage = new ClusterUsage();
  for (const claim of cluster.claims.map(readClaim)) if (claim.allocation) usage.add(claim.allocation);
  const judgement = {
    classes: new Map(cluster.classes.map(readDeviceClass).map((each) => [each.name, each])),
    usage,
    selectors: new CelSelectors(),
    rules: rulesOf(minor),
  };
  const slices = new SliceReader();
  const pools = poolsByNode(cluster.slices.map((slice) => slices.read(slice)));
  const specs = cluster.wanted.map((claim) => readClaim(claim).spec);
  return cluster.nodes.map((node) => inWords(search(specs, pools.get(node) ?? [], judgement)));
}

function inWords(outcome: Outcome): string | string[] {
  if (outcome.kind !== "fits") return outcome.kind;
  return outcome.placements.map(({ request, subrequest, pool, device, amounts }) => {
    const size = amounts.get("size");
    const name = subrequest === undefined ? request : `${request}/${subrequest}`;
    const sized = !device.shared || size === undefined ? "" : `=${formatQuantity(size)}`;
    return `${name}=${pool}:${device.name}${sized}`;
  });
}

/** The peer's words with the size as we write it. */
function canonical(device: string): string {
  const [request, place, size] = device.split("=");
  return `${request}=${place}${size === undefined ? "" : `=${formatQuantity(parseQuantity(size))}`}`;
}

/** The program's path, or why it is left out. */
async function peerOrReason(program: GoProgram): Promise<{ path: string } | { leftOut: string }> {
  try {
    return { path: await requirePeer(program) };
  } catch (error) {
    if (!(error instanceof ToolchainError)) throw error;
    return { leftOut: error.message };
  }
}

const runs = Number(Deno.env.get("JUDGEMENTS") ?? 2_000);
const seed = Number(Deno.env.get("SEED") ?? 20);

for (const [minor, program] of Object.entries(allocatorPrograms)) {
  const found = await peerOrReason(program);
  const name = `on ${runs} clusters the judgement is that of the scheduler of 1.${minor}, device by device`;
  if ("leftOut" in found) {
    Deno.test.ignore(`${name}: left out. ${found.leftOut}`, () => {});
    continue;
  }
  Deno.test(name, async () => {
    await using peer = JsonPeer.start(found.path);
    const seen = { fits: 0, refused: 0, fails: 0 };
    for (const [index, cluster] of fc.sample(generatedCluster, { seed, numRuns: runs }).entries()) {
      const { verdicts } = await peer.ask({ judge: cluster }, answer);
      const theirs = verdicts.map(({ fits, devices, error }) =>
        error !== undefined ? "fails" : fits ? devices.map(canonical) : "refused"
      );
      const ours = judged(cluster, Number(minor));
      if (!equal(ours, theirs)) {
        const path = await Deno.makeTempFile({ prefix: "judgement-", suffix: ".json" });
        await Deno.writeTextFile(path, JSON.stringify(cluster, undefined, 1));
        assert.deepEqual(ours, theirs, `cluster ${index} of seed ${seed}, kept in ${path}`);
      }
      for (const verdict of theirs) seen[typeof verdict === "string" ? verdict : "fits"]++;
    }
    // All three kinds stand in the sample, or it would prove little.
    for (const [kind, count] of Object.entries(seen)) assert.ok(count > runs / 10, `${kind}: ${count}`);
  });
}
