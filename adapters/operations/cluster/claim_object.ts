import * as v from "valibot";
import { configEntry, readConfigs } from "../../protocols/configuration/memory_config.ts";
import type {
  ClaimAllocation,
  ClaimConstraint,
  ClaimRequest,
  ClaimSpec,
  ClusterClaim,
  DeviceAsk,
} from "../../../core/operations/cluster/claims.ts";
import { driverName } from "../../../core/values/driver.ts";
import { readAs } from "./object_error.ts";
import { consumer, list, quantity, text, toleration } from "./_schemas.ts";

const countWanted = "a whole number of 1 or more is wanted";

const ask = v.pipe(
  v.object({
    name: v.optional(v.string()),
    deviceClassName: v.string(),
    selectors: list(v.object({ cel: v.optional(v.object({ expression: v.string() })) })),
    allocationMode: v.optional(v.string(), "ExactCount"),
    count: v.optional(v.pipe(v.number(), v.integer(countWanted), v.minValue(1, countWanted)), 1),
    adminAccess: v.optional(v.boolean(), false),
    capacity: v.optional(v.object({ requests: v.nullish(v.record(v.string(), quantity), {}) }), {
      requests: {},
    }),
    tolerations: list(toleration),
  }),
  v.transform((found): DeviceAsk => ({
    ...(found.name === undefined ? {} : { name: found.name }),
    className: found.deviceClassName,
    selectors: found.selectors.flatMap(({ cel }) => cel === undefined ? [] : [cel.expression]),
    count: found.allocationMode === "All" ? undefined : found.count,
    adminAccess: found.adminAccess,
    capacity: found.capacity.requests,
    tolerations: found.tolerations,
  })),
);

const request = v.pipe(
  v.object({ name: v.string(), exactly: v.optional(ask), firstAvailable: list(ask) }),
  v.check(
    ({ exactly, firstAvailable }) => (exactly === undefined) === (firstAvailable.length > 0),
    "exactly one of exactly and firstAvailable is wanted",
  ),
  v.transform(({ name, exactly, firstAvailable }): ClaimRequest => ({
    name,
    alternatives: exactly === undefined ? firstAvailable : [exactly],
  })),
);

const constraint = v.pipe(
  v.object({
    requests: list(v.string()),
    matchAttribute: v.optional(v.string()),
    distinctAttribute: v.optional(v.string()),
  }),
  v.transform(({ requests, matchAttribute, distinctAttribute }): ClaimConstraint => (
    matchAttribute === undefined
      ? { kind: "distinct", attribute: distinctAttribute ?? "", requests }
      : { kind: "match", attribute: matchAttribute, requests }
  )),
);

const spec = v.object({
  devices: v.optional(
    v.object({ requests: list(request), constraints: list(constraint), config: list(configEntry) }),
    { requests: [], constraints: [], config: [] },
  ),
});

const allocation = v.object({
  devices: v.optional(
    v.object({
      results: list(v.object({
        request: v.string(),
        driver: v.string(),
        pool: v.string(),
        device: v.string(),
        adminAccess: v.optional(v.boolean(), false),
        shareID: v.optional(v.string()),
        consumedCapacity: v.optional(v.record(v.string(), v.string())),
      })),
      config: list(configEntry),
    }),
    { results: [], config: [] },
  ),
});

const claim = v.object({
  metadata: v.object({
    name: text,
    namespace: text,
    uid: text,
    deletionTimestamp: v.optional(v.string()),
    ownerReferences: list(v.object({ kind: v.string(), name: v.string(), uid: v.string() })),
  }),
  spec,
  status: v.optional(v.object({
    allocation: v.optional(allocation),
    reservedFor: list(consumer),
    devices: list(
      v.object({ driver: v.string(), conditions: list(v.object({ type: v.string(), status: v.string() })) }),
    ),
  })),
});

/** Reads a ResourceClaim. Throws `ClusterObjectError`. */
export function readClaim(object: unknown): ClusterClaim {
  const { metadata, spec, status } = readAs("ResourceClaim", claim, object);
  const pod = metadata.ownerReferences.find(({ kind }) => kind === "Pod");
  const { namespace, name, uid } = metadata;
  return {
    namespace,
    name,
    uid,
    spec: specOf(spec),
    ...(status?.allocation === undefined ? {} : { allocation: allocationOf(status.allocation) }),
    reservedFor: (status?.reservedFor ?? [])
      .filter(({ apiGroup, resource }) => apiGroup === "" && resource === "pods")
      .map(({ name, uid }) => ({ name, uid })),
    ...(pod === undefined ? {} : { owner: { name: pod.name, uid: pod.uid } }),
    deleting: metadata.deletionTimestamp !== undefined,
    reported: new Set(
      (status?.devices ?? []).filter(({ driver }) => driver === driverName)
        .flatMap(({ conditions }) => conditions.filter(({ status }) => status === "True"))
        .map(({ type }) => type),
    ),
  };
}

/** A ResourceClaimTemplate: its name and what the claims that are made of it ask for. */
export interface ClaimTemplate {
  readonly namespace: string;
  readonly name: string;
  readonly spec: ClaimSpec;
}

const template = v.object({
  metadata: v.object({ name: text, namespace: text }),
  spec: v.object({ spec }),
});

/** Reads a ResourceClaimTemplate. Throws `ClusterObjectError`. */
export function readClaimTemplate(object: unknown): ClaimTemplate {
  const { metadata, spec } = readAs("ResourceClaimTemplate", template, object);
  return { ...metadata, spec: specOf(spec.spec) };
}

function specOf({ devices: { requests, constraints, config } }: v.InferOutput<typeof spec>): ClaimSpec {
  const drivers = config.flatMap(({ opaque }) => opaque === undefined ? [] : [opaque.driver]);
  return {
    requests,
    constraints,
    configs: readConfigs(config),
    configuredDrivers: [...new Set(drivers)].filter((driver) => driver !== driverName),
  };
}

function allocationOf({ devices: { results, config } }: v.InferOutput<typeof allocation>): ClaimAllocation {
  const own = results.filter(({ driver }) => driver === driverName);
  return {
    results: own.map(({ request, pool, device, adminAccess, shareID, consumedCapacity }) => ({
      request,
      pool,
      device,
      adminAccess,
      ...(shareID === undefined ? {} : { shareId: shareID }),
      ...(consumedCapacity === undefined ? {} : { consumedCapacity }),
    })),
    otherResults: results.length - own.length,
    configs: readConfigs(config),
  };
}
