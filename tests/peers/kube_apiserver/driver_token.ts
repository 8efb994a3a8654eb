import * as v from "valibot";
import type { ApiServer } from "./api_server.ts";
import { createObject } from "./manifests.ts";

const namespace = "kube-system";
const created = v.object({ metadata: v.object({ name: v.string(), uid: v.string() }) });

/**
 * A token of the driver's own service account as the kubelet gets it for the driver's pod on a node, which is made
 * for it. It names the node.
 */
export async function driverToken(server: ApiServer, node: string): Promise<string> {
  const pod = await createObject(server.client, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `dramemory-${node}`, namespace },
    spec: {
      serviceAccountName: "dramemory",
      nodeName: node,
      containers: [{ name: "dramemory", image: "dramemory" }],
    },
  });
  const { metadata } = v.parse(created, pod);
  return await serviceAccountToken(server, {
    boundObjectRef: { apiVersion: "v1", kind: "Pod", ...metadata },
  });
}

/** A token of the driver's service account that was not made for a pod. */
export function unboundToken(server: ApiServer): Promise<string> {
  return serviceAccountToken(server, {});
}

async function serviceAccountToken({ client }: ApiServer, spec: object): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/dramemory/token`;
  const answer = await client.send("POST", path, { spec });
  return v.parse(v.object({ status: v.object({ token: v.string() }) }), answer).status.token;
}
