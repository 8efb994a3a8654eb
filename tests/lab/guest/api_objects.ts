import { memoryConfigKind, memoryConfigVersion } from "../../../core/claims/configuration/memory_config.ts";
import { driverName } from "../../../core/values/driver.ts";
import type { ClaimedShare, MemoryConfigFields } from "./placement.ts";

/** Where the lab's objects are. */
export const namespace = "default";

/** A ResourceClaim for one share. */
export function claimOf(
  name: string,
  { resource, numaNode, bytes, deviceClass = `dra.${resource}`, config }: ClaimedShare,
) {
  const expression = `device.attributes["resource.kubernetes.io"].numaNode == ${numaNode}`;
  const exactly = {
    deviceClassName: deviceClass,
    selectors: [{ cel: { expression } }],
    capacity: { requests: { size: `${bytes}` } },
  };
  return {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceClaim",
    metadata: { name, namespace },
    spec: {
      devices: {
        requests: [{ name: "share", exactly }],
        ...(config === undefined ? {} : { config: [config].flat().map(configEntry) }),
      },
    },
  };
}

/** A DeviceClass of memory of every kind, with the fields of a `MemoryConfig`. */
export function memoryClassOf(name: string, config?: MemoryConfigFields) {
  const expression =
    `device.driver == "${driverName}" && !device.attributes["resource.kubernetes.io"].hugeTLB`;
  return {
    apiVersion: "resource.k8s.io/v1",
    kind: "DeviceClass",
    metadata: { name },
    spec: {
      selectors: [{ cel: { expression } }],
      ...(config === undefined ? {} : { config: [configEntry(config)] }),
    },
  };
}

function configEntry(config: MemoryConfigFields) {
  const parameters = { apiVersion: memoryConfigVersion, kind: memoryConfigKind, ...config };
  return { opaque: { driver: driverName, parameters } };
}

/** A Pod whose one container, `main`, uses these claims. */
export function podOf(name: string, claims: readonly string[], hostUsers = true) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: {
      hostUsers,
      containers: [{ name: "main", image: "none", resources: { claims: claims.map((name) => ({ name })) } }],
      resourceClaims: claims.map((name) => ({ name, resourceClaimName: name })),
    },
  };
}
