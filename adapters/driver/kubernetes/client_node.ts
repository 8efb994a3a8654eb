/** The one door to `@kubernetes/client-node`. */
export {
  CoreV1Api,
  createConfiguration,
  KubeConfig,
  ResourceV1Api,
  ResponseContext,
  ServerConfiguration,
  wrapHttpLibrary,
} from "@kubernetes/client-node";
export type {
  Cluster,
  Configuration,
  RequestContext,
  V1Device,
  V1DeviceAttribute,
  V1DeviceCapacity,
  V1ResourceSlice,
} from "@kubernetes/client-node";
