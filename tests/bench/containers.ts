import * as nri from "../../adapters/protocols/nri/generated/nri.ts";
import { cdiEdits } from "../../adapters/simulator/runtime/cdi_injection.ts";
import type { BenchNode } from "./bench_node.ts";
import type { BenchClaim } from "./objects.ts";
import { call } from "./workload.ts";

/** A pod and its container, as the runtime shows them. */
export interface PodContainer {
  readonly pod: nri.PodSandbox;
  readonly container: nri.Container;
}

/** What a container of any application has in its environment. */
const environment = Array.from(
  { length: 30 },
  (_, index) => `SERVICE_${index}_PORT=tcp://10.96.0.${index}:443`,
);

/** A container that uses no claim. */
export function plainContainer(id: string, env: readonly string[] = environment): PodContainer {
  return podContainer(id, { name: "plain", uid: id }, [...env]);
}

/** The containers of prepared claims, as the kubelet has the runtime create them, with their pods' cgroups. */
export async function claimContainers(
  node: BenchNode,
  claims: readonly BenchClaim[],
): Promise<PodContainer[]> {
  const edits = await cdiEdits(node.path("cdi"));
  const containers: PodContainer[] = [];
  for (const claim of claims) {
    // Preparing again changes nothing and tells the devices.
    const devices = await call(node, "prepare", claim);
    const env = [...environment, ...new Set(devices.flatMap((device) => edits.get(device) ?? []))];
    const made = podContainer(claim.uid, { name: claim.name, uid: claim.podUid }, env);
    await node.cgroups.create(made.pod.linux?.cgroupParent ?? "");
    containers.push(made);
  }
  return containers;
}

function podContainer(id: string, { name, uid }: { name: string; uid: string }, env: string[]): PodContainer {
  const pod = nri.PodSandbox.fromPartial({
    id: `sandbox-${id}`,
    namespace: "default",
    name,
    uid,
    linux: { cgroupParent: `/kubepods/burstable/pod${uid}` },
  });
  const container = nri.Container.fromPartial({
    id: `container-${id}`,
    podSandboxId: pod.id,
    name: "app",
    env,
  });
  return { pod, container };
}
