import type { Finding } from "../../../core/operations/explain/finding.ts";
import { ClusterApiError } from "../../../core/operations/ports/cluster_api.ts";
import type { ClusterReader } from "./cluster_reader.ts";
import { permissionFinding } from "./cluster_state.ts";
import type { DriverPod } from "./driver_pod.ts";

/** Whether the driver's own pod is missing or not ready on the node that a pod waits on. Throws `ClusterApiError`. */
export async function driverOnNode(reader: ClusterReader, node: string | undefined): Promise<Finding[]> {
  if (node === undefined) return [];
  const drivers: DriverPod[] = [];
  try {
    for await (const driver of reader.driverPods()) drivers.push(driver);
  } catch (error) {
    if (!(error instanceof ClusterApiError && error.kind === "denied")) throw error;
    return [permissionFinding(error, "whether the driver runs on the node is not judged")];
  }
  const here = drivers.filter(({ nodeName }) => nodeName === node);
  // Without any pod it may run as a service of the nodes.
  if (drivers.length === 0 || here.some(({ ready }) => ready)) return [];
  const [first] = here;
  return [{
    code: "driver-absent",
    blocks: true,
    text: first === undefined
      ? `No pod of the driver runs on ${node}: nobody prepares the claim there.`
      : `The driver's pod ${first.name} on ${node} is not ready: nobody prepares the claim there.`,
    remedy: "Look at its events and its log, and at dramemory validate on the node.",
  }];
}
