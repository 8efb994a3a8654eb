import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { GrpcCallError } from "../../adapters/shared/deno_workarounds/unix_grpc_client.ts";
import { forget, type ScheduledClaim, scheduledClaim } from "../faults/objects.ts";
import type { TestedNode } from "../faults/tested_node.ts";
import { until } from "../until.ts";
import type { Instance } from "./_instance.ts";

const mebibytes = 8;
const patienceSeconds = 120;
/** The process that checks is to have time left for more than calls to instances that are away. */
const retryMilliseconds = 20;

/** What the claims' lives share: the node, the instances, and what the kubelet was told and not taken back yet. */
export interface Lives {
  readonly node: TestedNode;
  readonly instances: readonly Instance[];
  readonly told: Set<string>;
}

/**
 * The life of a few claims: prepared by any instance in one call, asked for again, the first given to a container that
 * gets what it was promised, and unprepared by any instance. A call that fails is made again, as the kubelet does.
 */
export async function liveClaims({ node, instances, told }: Lives, names: readonly string[]): Promise<void> {
  const numaNode = Math.floor(Math.random() * 2);
  const claims = names.map((name) =>
    scheduledClaim(node, name, { device: `hugepages-2m-numa${numaNode}`, size: `${mebibytes}Mi` })
  );
  const files = claims.map(({ uid }) => `dra.memory-claim_${uid}.json`);
  const first = await prepared(instances, claims);
  assertThere(node, files, "all");
  for (const file of files) told.add(file);
  assert.deepEqual(await prepared(instances, claims), first);
  const [claim] = claims, [devices] = first;
  if (claim !== undefined && devices !== undefined) {
    await runContainer(node, claim, devices, String(numaNode));
  }
  for (const file of files) told.delete(file);
  await answered(`${names.join()} to be unprepared`, instances, async ({ client }) => {
    const outcomes = await client.unprepare("v1", claims);
    return claims.every(({ uid }) => outcomes.get(uid)?.kind === "unprepared") || undefined;
  });
  assertThere(node, files, "none");
  for (const claim of claims) forget(node, claim);
}

function assertThere(node: TestedNode, files: readonly string[], wanted: "all" | "none"): void {
  const present = new Set(node.specFiles());
  const there = files.filter((file) => present.has(file));
  assert.deepEqual(there, wanted === "all" ? files : [], `told otherwise: ${wanted} of the checkpoints`);
}

/** The device ids of each claim. */
function prepared(instances: readonly Instance[], claims: readonly ScheduledClaim[]): Promise<string[][]> {
  const names = claims.map(({ name }) => name).join();
  return answered(`${names} to be prepared`, instances, async ({ client }) => {
    const outcomes = await client.prepare("v1", claims);
    const devices: string[][] = [];
    for (const { uid } of claims) {
      const outcome = outcomes.get(uid);
      if (outcome?.kind === "failed") assert.match(outcome.message, /API server|cannot|Cannot/);
      if (outcome?.kind !== "prepared") return undefined;
      devices.push(outcome.devices.flatMap(({ cdiDeviceIds }) => cdiDeviceIds));
    }
    return devices;
  });
}

/** Calls any of the instances until one answers as wanted; after a failure the other one is next, a moment later. */
async function answered<T>(
  what: string,
  instances: readonly Instance[],
  call: (instance: Instance) => Promise<T | undefined>,
): Promise<T> {
  let turn = Math.floor(Math.random() * instances.length);
  return await until(what, async () => {
    const instance = instances[turn++ % instances.length] ?? assert.fail();
    try {
      const answer = await call(instance);
      if (answer !== undefined) return answer;
    } catch (error) {
      if (!(error instanceof GrpcCallError)) throw error;
    }
    await sleep(retryMilliseconds);
  }, patienceSeconds);
}

async function runContainer(
  { cluster: { runtime, cgroups } }: TestedNode,
  claim: ScheduledClaim,
  cdiDevices: string[],
  mems: string,
): Promise<void> {
  const pod = await runtime.runPod(claim.pod);
  const { id, cgroup } = await until("the container to be created", async () => {
    try {
      return await runtime.createContainer(pod, { name: "app", cdiDevices });
    } catch {
      // An instance that was killed while the runtime asked it.
      await sleep(retryMilliseconds);
    }
  }, patienceSeconds);
  const promised = [mems, `${mebibytes << 20}`];
  await until(`the container of ${claim.name} to have what it was promised`, async () => {
    const has = [await cgroups.read(cgroup, "cpuset.mems"), await cgroups.read(cgroup, "hugetlb.2MB.max")];
    return has.join() === promised.join() || undefined;
  }, patienceSeconds);
  await runtime.removeContainer(id);
  await runtime.removePod(pod);
}
