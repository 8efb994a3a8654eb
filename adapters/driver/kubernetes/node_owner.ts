import { ClusterUnavailableError } from "../../../core/ports/claim_source.ts";
import { clusterUnavailable, isNotFound, MalformedAnswerError } from "./api_error.ts";
import { CoreV1Api } from "./client_node.ts";
import type { KubernetesConnection } from "./connection.ts";
import { apiConfiguration } from "./http_library.ts";

/** How an object says that it belongs to a Node and goes when the Node goes. */
export interface NodeOwnerReference {
  readonly apiVersion: "v1";
  readonly kind: "Node";
  readonly name: string;
  readonly uid: string;
  readonly controller: true;
}

/** Looks a Node up to own something. Throws {@link ClusterUnavailableError}, also when there is no such Node. */
export async function findNodeOwner(
  connection: KubernetesConnection,
  nodeName: string,
): Promise<NodeOwnerReference> {
  try {
    const { metadata } = await new CoreV1Api(apiConfiguration(connection)).readNode({ name: nodeName });
    const uid: unknown = metadata?.uid;
    if (typeof uid !== "string") {
      throw new MalformedAnswerError(`Cannot read the Node ${nodeName}: it has no uid`);
    }
    return { apiVersion: "v1", kind: "Node", name: nodeName, uid, controller: true };
  } catch (error) {
    if (!isNotFound(error)) throw clusterUnavailable(`read the Node ${nodeName}`, error);
    throw new ClusterUnavailableError(
      `Cannot find the Node ${nodeName} in the cluster (its name is set by --hostname-override)`,
      { cause: error },
    );
  }
}
