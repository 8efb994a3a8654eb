import { DRAResourceHealthService } from "./generated/dra_health.ts";
import { DRAPluginService } from "./generated/dra_v1.ts";
import { inPackage } from "./service_package.ts";

/** The versions of the kubelet's DRA API. v1beta1 is what kubelets before 1.34 speak. */
export type DraVersion = "v1" | "v1beta1";

/** The DRA service by version, newest first. */
export const draServices = {
  v1: DRAPluginService,
  v1beta1: inPackage(DRAPluginService, "k8s.io.kubelet.pkg.apis.dra.v1beta1"),
};

/** The health service by version, newest first; v1 is known since Kubernetes 1.37. */
export const healthServices = {
  v1: inPackage(DRAResourceHealthService, "v1"),
  v1alpha1: DRAResourceHealthService,
};

/**
 * What a plugin that serves all of them tells the kubelet in `supported_versions`: newest first, since some
 * kubelets take the first that they know. These names are no gRPC service names.
 */
export function supportedVersions(withHealth: boolean): string[] {
  const dra = Object.keys(draServices).map((version) => `${version}.DRAPlugin`);
  const health = Object.keys(healthServices).map((version) => `${version}.DRAResourceHealth`);
  return withHealth ? [...dra, ...health] : dra;
}
