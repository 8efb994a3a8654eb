import assert from "node:assert/strict";
import { GrpcCallError } from "../../adapters/shared/deno_workarounds/unix_grpc_client.ts";
import { forget, type ScheduledClaim, scheduledClaim } from "../faults/objects.ts";
import type { TestedNode } from "../faults/tested_node.ts";
import { until } from "../until.ts";
import type { Instance } from "./_instance.ts";

const mebibytes = 8;
const patienceSeconds = 120;

/** What the claims' lives share: the node, the instances, and what the kubelet was told and not taken back yet. */
export interface Lives {
  readonly node: TestedNode;
  readonly instances: readonly Instance[];
  readonly told: Set<string>;
  /** Whether a container uses the claim. */
  readonly withContainer: boolean;
}

/**
 * The life of one claim: prepared by any instance, asked for again, given to a container that gets what it was promised,
 * and unprepared by any instance. A call that fails is made again, as the kubelet does.
 */
export async function liveClaim(
  { node, instances, told, withContainer }: Lives,
  name: string,
): Promise<void> {
  const numaNode = Math.floor(Math.random() * 2);
  const claim = scheduledClaim(node, name, {
    device: `hugepages-2m-numa${numaNode}`,
    size: `${mebibytes}Mi`,
  });
  const file = `dra.memory-claim_${claim.uid}.json`;
  const first = await prepared(instances, claim);
  assert.ok(node.specFiles().includes(file), "told prepared, and no checkpoint");
  told.add(file);
  assert.deepEqual(await prepared(instances, claim), first);
  if (withContainer) await runContainer(node, claim, first, String(numaNode));
  told.delete(file);
  await until(`${name} to be unprepared`, async () => {
    const outcome = await called(instances, (instance) => instance.client.unprepare("v1", [claim]));
    return outcome?.get(claim.uid)?.kind === "unprepared" || undefined;
  }, patienceSeconds);
  assert.ok(!node.specFiles().includes(file), "told unprepared, and the checkpoint is there");
  forget(node, claim);
}

async function prepared(instances: readonly Instance[], claim: ScheduledClaim): Promise<string[]> {
  return await until(`${claim.name} to be prepared`, async () => {
    const outcome = await called(instances, (instance) => instance.client.prepare("v1", [claim]));
    const answer = outcome?.get(claim.uid);
    if (answer?.kind === "failed") assert.match(answer.message, /API server|cannot|Cannot/);
    return answer?.kind === "prepared"
      ? answer.devices.flatMap(({ cdiDeviceIds }) => cdiDeviceIds)
      : undefined;
  }, patienceSeconds);
}

/** The answer of one of the instances; undefined when it is away. */
async function called<T>(
  instances: readonly Instance[],
  call: (instance: Instance) => Promise<T>,
): Promise<T | undefined> {
  const instance = instances[Math.floor(Math.random() * instances.length)] ?? assert.fail();
  try {
    return await call(instance);
  } catch (error) {
    if (error instanceof GrpcCallError) return undefined;
    throw error;
  }
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
      return undefined;
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
