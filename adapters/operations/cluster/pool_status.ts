import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { sizeCapacity } from "../../../core/devices/slice_device.ts";
import { type ClusterApi, ClusterApiError } from "../../../core/operations/ports/cluster_api.ts";
import { driverName } from "../../../core/values/driver.ts";
import { parseQuantity } from "../../../core/values/quantity.ts";
import { readAs } from "./object_error.ts";
import { list, quantity } from "./_schemas.ts";

/** A pool as the cluster's controller counts it, in bytes. */
export interface PoolStatus {
  readonly name: string;
  readonly node: string;
  readonly devices: number;
  readonly capacity: bigint;
  readonly claimed: bigint;
  readonly free: bigint;
  /** Why it is not counted; absent where it is. */
  readonly problem?: string;
}

/** Pools, and how many there are in all: a request is answered for a thousand at most. */
export interface PoolStatuses {
  readonly pools: readonly PoolStatus[];
  readonly count: number;
}

const collection = "/apis/resource.k8s.io/v1alpha3/resourcepoolstatusrequests";
/** As many as a request may ask for. */
const limit = 1_000;
/** The controller answers at once, from what it knows. */
const waitMilliseconds = 30_000;
const intervalMilliseconds = 200;

const amount = v.pipe(quantity, v.transform(parseQuantity));

const request = v.object({
  metadata: v.object({ name: v.string() }),
  status: v.nullish(v.object({
    poolCount: v.number(),
    conditions: list(v.object({ type: v.string(), status: v.string(), message: v.optional(v.string(), "") })),
    pools: list(v.object({
      poolName: v.string(),
      nodeName: v.optional(v.string(), ""),
      totalDevices: v.optional(v.number(), 0),
      validationError: v.exactOptional(v.string()),
      shareableSummary: v.exactOptional(v.object({
        capacity: list(v.object({ name: v.string(), total: amount, consumed: amount, available: amount })),
      })),
    })),
  })),
});

type Pool = NonNullable<v.InferOutput<typeof request>["status"]>["pools"][number];

/**
 * Asks the cluster for the status of the driver's pools, or of the one of a name, by a ResourcePoolStatusRequest
 * (KEP-5677), which is deleted afterwards. Throws `ClusterApiError`, also where the cluster does not serve it, and
 * `ClusterObjectError`.
 */
export async function poolStatus(api: ClusterApi, poolName?: string): Promise<PoolStatuses> {
  const created = await api.create(collection, {
    apiVersion: "resource.k8s.io/v1alpha3",
    kind: "ResourcePoolStatusRequest",
    metadata: { generateName: "dramemory-" },
    spec: { driver: driverName, limit, ...(poolName === undefined ? {} : { poolName }) },
  }).catch(withGate);
  const path = `${collection}/${readRequest(created).metadata.name}`;
  try {
    const { poolCount, pools } = await answered(api, path);
    return { pools: pools.map(poolOf), count: poolCount };
  } finally {
    await api.remove(path);
  }
}

/** Several answers as one, in the order that one answer has: by the pools' names. */
export function joined(statuses: readonly PoolStatuses[]): PoolStatuses {
  return {
    pools: statuses.flatMap(({ pools }) => pools).sort((a, b) =>
      a.name < b.name ? -1 : a.name > b.name ? 1 : 0
    ),
    count: statuses.reduce((sum, { count }) => sum + count, 0),
  };
}

async function answered(api: ClusterApi, path: string) {
  for (let waited = 0; waited <= waitMilliseconds; waited += intervalMilliseconds) {
    const { status } = readRequest(await api.get(path));
    const failed = status?.conditions.find(({ type, status }) => type === "Failed" && status === "True");
    if (failed !== undefined) {
      throw new ClusterApiError(`Cannot get the status of pools: ${failed.message}`, "unavailable");
    }
    if (status !== undefined && status !== null) return status;
    await sleep(intervalMilliseconds);
  }
  throw new ClusterApiError(
    `Cannot get the status of pools: nobody answered the request within ${waitMilliseconds / 1000} seconds ` +
      "(is the feature gate DRAResourcePoolStatus on in kube-controller-manager as well?)",
    "unavailable",
  );
}

function readRequest(object: unknown): v.InferOutput<typeof request> {
  return readAs("ResourcePoolStatusRequest", request, object);
}

/** Before Kubernetes 1.37 a pool's status has no capacities: of shared devices it says nothing. */
function poolOf({ poolName, nodeName, totalDevices, validationError, shareableSummary }: Pool): PoolStatus {
  const size = shareableSummary?.capacity
    .find(({ name }) => name === sizeCapacity || name === `${driverName}/${sizeCapacity}`);
  const problem = validationError ??
    (size === undefined ? "the cluster counts no capacity of it (Kubernetes 1.37 does)" : undefined);
  return {
    name: poolName,
    node: nodeName,
    devices: totalDevices,
    capacity: size?.total ?? 0n,
    claimed: size?.consumed ?? 0n,
    free: size?.available ?? 0n,
    ...(problem === undefined ? {} : { problem }),
  };
}

function withGate(error: unknown): never {
  if (!(error instanceof ClusterApiError && error.kind === "absent")) throw error;
  throw new ClusterApiError(
    `${error.message} (it takes Kubernetes 1.37 with the feature gate DRAResourcePoolStatus and the API ` +
      "resource.k8s.io/v1alpha3; leave out --pool-status)",
    "absent",
    { cause: error },
  );
}
