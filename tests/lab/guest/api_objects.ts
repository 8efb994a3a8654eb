import { memoryConfigKind, memoryConfigVersion } from "../../../core/claims/configuration/memory_config.ts";
import { driverName } from "../../../core/values/driver.ts";
import type { ClaimedShare } from "./placement.ts";

/** Where the lab's objects are. */
export const namespace = "default";

/** A ResourceClaim for one share. */
export function claimOf(name: string, { resource, numaNode, bytes, config }: ClaimedShare) {
  const expression = `device.attributes["resource.kubernetes.io"].numaNode == ${numaNode}`;
  const exactly = {
    deviceClassName: `dra.${resource}`,
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
        ...(config === undefined
          ? {}
          : { config: [{ opaque: { driver: driverName, parameters: parameters(config) } }] }),
      },
    },
  };
}

function parameters(config: Readonly<Record<string, unknown>>) {
  return { apiVersion: memoryConfigVersion, kind: memoryConfigKind, ...config };
}

/** A Pod whose one container, `main`, uses these claims. */
export function podOf(name: string, claims: readonly string[]) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: {
      containers: [{ name: "main", image: "none", resources: { claims: claims.map((name) => ({ name })) } }],
      resourceClaims: claims.map((name) => ({ name, resourceClaimName: name })),
    },
  };
}
