import type { OpaqueConfig } from "../../claims/configuration/memory_config.ts";

/** A DeviceClass of the cluster. */
export interface ClusterDeviceClass {
  readonly name: string;
  /** CEL expressions. */
  readonly selectors: readonly string[];
  /** For this driver. */
  readonly configs: readonly OpaqueConfig[];
}
