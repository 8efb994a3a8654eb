import * as v from "valibot";
import { parseAllDocuments } from "yaml";
import type { KubeClient } from "./kube_client.ts";

const object = v.looseObject({
  kind: v.string(),
  metadata: v.looseObject({ name: v.string(), namespace: v.exactOptional(v.string()) }),
});

/** Where the API has the kinds that the tests create. */
const collections: Readonly<Record<string, (namespace: string) => string>> = {
  ServiceAccount: (namespace) => `/api/v1/namespaces/${namespace}/serviceaccounts`,
  ClusterRole: () => "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  ClusterRoleBinding: () => "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  DaemonSet: (namespace) => `/apis/apps/v1/namespaces/${namespace}/daemonsets`,
  DeviceClass: () => "/apis/resource.k8s.io/v1/deviceclasses",
};

/** Creates every object of a manifest; fields that the API server does not know are refused. */
export async function createManifest(client: KubeClient, manifest: URL): Promise<void> {
  for (const document of parseAllDocuments(await Deno.readTextFile(manifest))) {
    const { kind, metadata, ...rest } = v.parse(object, document.toJS());
    const collection = collections[kind]?.(metadata.namespace ?? "default");
    if (collection === undefined) throw new Error(`Cannot create a ${kind}: it is not known where`);
    await client.send("POST", `${collection}?fieldValidation=Strict`, { kind, metadata, ...rest });
  }
}
