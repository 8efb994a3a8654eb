import type { KubernetesObject } from "../../deploy/manifests.ts";
import type { KubeClient } from "./kube_client.ts";

/** Where the API has the kinds that the tests create, of the whole cluster and of a namespace. */
const clusterCollections: Readonly<Record<string, string>> = {
  ClusterRole: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  ClusterRoleBinding: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  DeviceClass: "/apis/resource.k8s.io/v1/deviceclasses",
  Namespace: "/api/v1/namespaces",
  Node: "/api/v1/nodes",
  ResourceSlice: "/apis/resource.k8s.io/v1/resourceslices",
  ValidatingAdmissionPolicy: "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
  ValidatingAdmissionPolicyBinding: "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings",
};
const namespacedCollections: Readonly<Record<string, readonly [group: string, collection: string]>> = {
  ConfigMap: ["/api/v1", "configmaps"],
  DaemonSet: ["/apis/apps/v1", "daemonsets"],
  Deployment: ["/apis/apps/v1", "deployments"],
  NetworkPolicy: ["/apis/networking.k8s.io/v1", "networkpolicies"],
  Pod: ["/api/v1", "pods"],
  PodMonitor: ["/apis/monitoring.coreos.com/v1", "podmonitors"],
  PrometheusRule: ["/apis/monitoring.coreos.com/v1", "prometheusrules"],
  ResourceClaim: ["/apis/resource.k8s.io/v1", "resourceclaims"],
  ResourceClaimTemplate: ["/apis/resource.k8s.io/v1", "resourceclaimtemplates"],
  ResourceQuota: ["/api/v1", "resourcequotas"],
  Service: ["/api/v1", "services"],
  ServiceAccount: ["/api/v1", "serviceaccounts"],
  StatefulSet: ["/apis/apps/v1", "statefulsets"],
};

/** How an object is created. */
export interface CreateOptions {
  /** Goes through all of the server's checks and is not kept. */
  readonly dryRun?: boolean;
}

/** Creates an object and resolves to it as it is kept; fields that the API server does not know are refused. */
export function createObject(
  client: KubeClient,
  object: KubernetesObject,
  { dryRun = false }: CreateOptions = {},
): Promise<unknown> {
  const query = `fieldValidation=Strict${dryRun ? "&dryRun=All" : ""}`;
  return client.send("POST", `${collectionOf(object)}?${query}`, object);
}

/** The path of the collection that an object is in, or is to be in. */
export function collectionOf({ kind, metadata: { namespace = "default" } }: KubernetesObject): string {
  const cluster = clusterCollections[kind];
  if (cluster !== undefined) return cluster;
  const [group, collection] = namespacedCollections[kind] ?? [];
  if (group !== undefined) return `${group}/namespaces/${namespace}/${collection}`;
  throw new Error(`Cannot create a ${kind}: it is not known where`);
}
