import * as v from "valibot";
import { pods, resourceClaims } from "../../adapters/simulator/api_server/resources.ts";
import { memoryConfigKind, memoryConfigVersion } from "../../core/claims/configuration/memory_config.ts";
import { poolName } from "../../core/devices/pool.ts";
import type { PodReference } from "../../core/claims/claim.ts";
import { driverName } from "../../core/values/driver.ts";
import { podUid } from "../../core/values/ids.ts";
import type { RequestedClaim } from "../../core/ports/dra_service.ts";
import { parseResourceName } from "../../core/values/resource_name.ts";
import { nodeName, type TestedNode } from "./tested_node.ts";

/** What a claim is to be like; by default 64Mi of 2m pages on NUMA node 0, for the one container of a pod. */
export interface ClaimOptions {
  readonly device?: string;
  readonly size?: string;
  readonly initContainers?: readonly string[];
  readonly containers?: readonly string[];
  /** Where the containers have volumes. */
  readonly volumes?: readonly string[];
  /** Drivers that the claim has opaque configuration for. */
  readonly configuredDrivers?: readonly string[];
  /** The fields of a `MemoryConfig` that the claim has. */
  readonly memoryConfig?: object;
}

/** A claim and the pod that it is reserved for. */
export interface ScheduledClaim extends RequestedClaim {
  readonly pod: PodReference;
}

const namespace = "default";

/** Makes a claim and a pod of the same name whose containers use it, allocated and reserved as the scheduler does. */
export function scheduledClaim(
  { cluster: { api: { store } } }: Pick<TestedNode, "cluster">,
  name: string,
  {
    device = "hugepages-2m-numa0",
    size = "64Mi",
    initContainers = [],
    containers = ["app"],
    volumes = [],
    configuredDrivers = [],
    memoryConfig,
  }: ClaimOptions = {},
): ScheduledClaim {
  const container = (container: string) => ({
    name: container,
    image: "app",
    resources: { claims: [{ name: "mem" }] },
    volumeMounts: volumes.map((mountPath) => ({ name: "data", mountPath })),
  });
  const pod = store.create(pods, {
    metadata: { name },
    spec: {
      initContainers: initContainers.map(container),
      containers: containers.map(container),
      resourceClaims: [{ name: "mem", resourceClaimName: name }],
    },
  }, namespace);
  const claim = store.create(resourceClaims, { metadata: { name }, spec: {} }, namespace);
  const pool = poolName(nodeName, parseResourceName(device.replace(/-numa\d+$/, "")));
  const result = { request: "main", driver: driverName, pool, device, consumedCapacity: { size } };
  const opaque = [
    ...configuredDrivers.map((driver) => ({ driver, parameters: {} })),
    ...memoryConfig === undefined ? [] : [{
      driver: driverName,
      parameters: { apiVersion: memoryConfigVersion, kind: memoryConfigKind, ...memoryConfig },
    }],
  ];
  const config = opaque.map((opaque) => ({ source: "FromClaim", requests: [], opaque }));
  const status = {
    allocation: { devices: { results: [{ ...result, shareID: crypto.randomUUID() }], config } },
    reservedFor: [{ resource: "pods", name, uid: pod.metadata.uid }],
  };
  store.replace(resourceClaims, { namespace, name }, { ...claim, status }, true);
  return {
    namespace,
    name,
    uid: claim.metadata.uid,
    pod: { namespace, name, uid: podUid(pod.metadata.uid) },
  };
}

/** Removes a claim and its pod from the cluster, as when a pod was deleted by force. */
export function forget({ cluster: { api: { store } } }: TestedNode, { name }: RequestedClaim): void {
  store.remove(resourceClaims, { namespace, name });
  store.remove(pods, { namespace, name });
}

/** Reserves a claim for one more pod; returns what takes that back. */
export function reserveAlso(
  { cluster: { api: { store } } }: TestedNode,
  { name }: RequestedClaim,
  pod: string,
): () => void {
  const key = { namespace, name };
  const former = store.get(resourceClaims, key);
  const { reservedFor, ...status } = v.parse(
    v.looseObject({ reservedFor: v.array(v.unknown()) }),
    former.status,
  );
  const write = (consumers: readonly unknown[]) => {
    const { resourceVersion: _, ...metadata } = former.metadata;
    store.replace(
      resourceClaims,
      key,
      { ...former, metadata, status: { ...status, reservedFor: consumers } },
      true,
    );
  };
  write([...reservedFor, { resource: "pods", name: pod, uid: crypto.randomUUID() }]);
  return () => write(reservedFor);
}
