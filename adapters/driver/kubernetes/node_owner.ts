import * as v from "valibot";
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

const node = v.object({ metadata: v.object({ uid: v.string() }) });

/** Looks a Node up to own something. Throws {@link ClusterUnavailableError}, also when there is no such Node. */
export async function findNodeOwner(
  connection: KubernetesConnection,
  nodeName: string,
): Promise<NodeOwnerReference> {
  try {
    const { success, output } = v.safeParse(
      node,
      await connection.exchange({ method: "GET", path: nodePath(nodeName) }),
    );
    if (!success) throw new MalformedAnswerError(`Cannot read the Node ${nodeName}: it has no uid`);
    return { apiVersion: "v1", kind: "Node", name: nodeName, uid: output.metadata.uid, controller: true };
  } catch (error) {
    if (!isNotFound(error)) throw clusterUnavailable(`read the Node ${nodeName}`, error);
    throw new ClusterUnavailableError(
      `Cannot find the Node ${nodeName} in the cluster (its name is set by --hostname-override)`,
      { cause: error },
    );
  }
}
