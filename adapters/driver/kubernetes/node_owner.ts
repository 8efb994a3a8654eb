import * as v from "valibot";
import { driverName } from "../../../core/values/driver.ts";
import { ClusterUnavailableError } from "../../../core/ports/claim_source.ts";
import { clusterUnavailable, isNotFound, MalformedAnswerError } from "./api_error.ts";
import type { KubernetesConnection } from "./connection.ts";
import { nodePath } from "./resource_paths.ts";

/** How an object says that it belongs to a Node and goes when the Node goes. */
export interface NodeOwnerReference {
  readonly apiVersion: "v1";
  readonly kind: "Node";
  readonly name: string;
  readonly uid: string;
  readonly controller: true;
}

/** What the driver reads of a Node. */
export interface NodeFacts {
  readonly owner: NodeOwnerReference;
  /** Features of its kubelet that others have to know of (`status.declaredFeatures`, KEP-5328). */
  readonly declaredFeatures: readonly string[];
  /** Of {@link reservationAnnotation}. */
  readonly reservation: string | undefined;
}

/** Keeps memory from claims on one node, as `--reserved-memory` does on all that have no such annotation. */
const reservationAnnotation = `${driverName}/reserved-memory`;

const node = v.object({
  metadata: v.object({ uid: v.string(), annotations: v.optional(v.record(v.string(), v.string()), {}) }),
  status: v.optional(v.object({ declaredFeatures: v.optional(v.array(v.string()), []) }), {}),
});

/** Looks a Node up. Throws {@link ClusterUnavailableError}, also when there is no such Node. */
export async function readNode(connection: KubernetesConnection, nodeName: string): Promise<NodeFacts> {
  try {
    const { success, output } = v.safeParse(
      node,
      await connection.exchange({ method: "GET", path: nodePath(nodeName) }),
    );
    if (!success) throw new MalformedAnswerError(`Cannot read the Node ${nodeName}: it has no uid`);
    const { metadata: { uid, annotations }, status: { declaredFeatures } } = output;
    const owner = { apiVersion: "v1", kind: "Node", name: nodeName, uid, controller: true } as const;
    return { owner, declaredFeatures, reservation: annotations[reservationAnnotation] };
  } catch (error) {
    if (!isNotFound(error)) throw clusterUnavailable(`read the Node ${nodeName}`, error);
    throw new ClusterUnavailableError(
      `Cannot find the Node ${nodeName} in the cluster (its name is set by --hostname-override)`,
      { cause: error },
    );
  }
}
