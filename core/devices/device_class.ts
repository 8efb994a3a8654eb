import { driverName } from "../values/driver.ts";
import { formatPageSize } from "../values/page_size.ts";
import {
  hugepageSizeOf,
  hugepagesResource,
  memoryResource,
  type ResourceName,
} from "../values/resource_name.ts";
import type { Topology } from "../topology/topology.ts";

/** A DeviceClass of `resource.k8s.io/v1`. */
export interface DeviceClass {
  readonly apiVersion: "resource.k8s.io/v1";
  readonly kind: "DeviceClass";
  readonly metadata: { readonly name: string };
  readonly spec: { readonly selectors: readonly { readonly cel: { readonly expression: string } }[] };
}

/** The classes of a machine's hardware: memory and each hugepage size that its kernel supports. */
export function deviceClasses(topology: Topology): DeviceClass[] {
  return [memoryResource, ...topology.hugepageSizes.map(hugepagesResource)].map(deviceClass);
}

function deviceClass(resource: ResourceName): DeviceClass {
  const size = hugepageSizeOf(resource);
  const attribute = (name: string) => `device.attributes["resource.kubernetes.io"].${name}`;
  const conditions = [
    `device.driver == "${driverName}"`,
    ...(size === undefined
      ? [`!${attribute("hugeTLB")}`]
      : [attribute("hugeTLB"), `${attribute("pageSize")} == "${formatPageSize(size)}"`]),
  ];
  return {
    apiVersion: "resource.k8s.io/v1",
    kind: "DeviceClass",
    metadata: { name: `dra.${resource}` },
    spec: { selectors: [{ cel: { expression: conditions.join(" && ") } }] },
  };
}
