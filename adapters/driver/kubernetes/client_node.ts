/** The one door to `@kubernetes/client-node`, which old Deno has to be made ready for first. */
import "../../shared/deno_workarounds/client_node.ts";

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
