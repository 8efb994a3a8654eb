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

/**
 * The classes of a machine's hardware: memory and each hugepage size that its kernel supports. What is no ordinary
 * memory takes a class of one's own. Slices of drivers that did not tell the kind yet have devices of every kind in the
 * class, as before: a selector on an attribute that is missing is an error, and would keep every pod of the class from
 * being scheduled while the driver is updated node by node.
 */
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
    `device.attributes["${driverName}"].?kind.orValue("dram") == "dram"`,
  ];
  return {
    apiVersion: "resource.k8s.io/v1",
    kind: "DeviceClass",
    metadata: { name: `dra.${resource}` },
    spec: { selectors: [{ cel: { expression: conditions.join(" && ") } }] },
  };
}
