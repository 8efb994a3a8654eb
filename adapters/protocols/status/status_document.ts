import * as v from "valibot";
import { policyModes } from "../../../core/claims/configuration/memory_config.ts";
import {
  type ClaimUid,
  claimUid,
  containerId,
  type NumaNodeId,
  numaNodeId,
  podUid,
} from "../../../core/values/ids.ts";
import { formatPageSize, type PageSize, parsePageSize } from "../../../core/values/page_size.ts";
import { parseResourceName } from "../../../core/values/resource_name.ts";
import type { DriverStatus } from "../../../core/status/driver_status.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/** What an instance of the driver tells of itself. */
export interface InstanceStatus extends DriverStatus {
  readonly version: string;
  readonly nodeName: string;
  /** Its own pod, where it was told. */
  readonly podUid: string | undefined;
  /** When it was started, ISO 8601. */
  readonly started: string;
}

/** Bytes are decimal digits, since JSON's numbers are exact only up to 2^53. */
const bytes = v.pipe(v.string(), v.regex(/^\d{1,19}$/), v.transform((digits: string) => BigInt(digits)));
const uid = v.pipe(v.string(), v.transform((text: string): ClaimUid => claimUid(text)));
const node = v.pipe(v.number(), v.transform((id: number): NumaNodeId => numaNodeId(id)));
const size = v.pipe(v.string(), v.transform((text: string): PageSize => parsePageSize(text)));
const resource = v.pipe(v.string(), v.transform(parseResourceName));
const pod = v.object({
  namespace: v.string(),
  name: v.string(),
  uid: v.pipe(v.string(), v.transform(podUid)),
});
const precondition = v.object({ ready: v.boolean(), text: v.string() });
const share = v.object({ resource, numaNode: node, bytes });
const policy = v.object({
  mode: v.picklist(policyModes.filter((mode) => mode !== "bind")),
  nodes: v.string(),
});
const limit = v.exactOptional(v.union([v.literal("max"), bytes]));
const memory = v.object({ max: limit, high: limit, low: limit, min: limit, swapMax: limit });
/** JSON has no undefined. */
const optional = v.pipe(v.nullable(v.string()), v.transform((text: string | null) => text ?? undefined));

const nodeAllocatable = v.variant("on", [
  v.object({ on: v.literal(true) }),
  v.object({ on: v.literal(false), why: v.string() }),
]);

/** Keys that a newer driver adds are left out. */
const document = v.object({
  version: v.string(),
  nodeName: v.string(),
  podUid: optional,
  started: v.string(),
  preconditions: v.object({ kubelet: precondition, runtime: precondition, slices: precondition }),
  nodeAllocatable: v.exactOptional(nodeAllocatable),
  resizes: v.exactOptional(v.object({
    failed: v.array(v.object({ pod, message: v.string() })),
    unknown: v.exactOptional(v.string()),
  })),
  damaged: v.optional(v.array(v.string()), []),
  devices: v.array(
    v.object({ name: v.string(), numaNode: node, capacityBytes: bytes, claimedBytes: bytes }),
  ),
  claims: v.array(v.object({
    reference: v.object({ namespace: v.string(), name: v.string(), uid }),
    pod,
    container: optional,
    allocations: v.array(v.object({
      request: v.string(),
      pool: v.string(),
      device: v.string(),
      shareId: v.exactOptional(v.string()),
      resource,
      numaNode: node,
      bytes,
    })),
    hugetlbfs: v.optional(v.array(v.string()), []),
    withoutMounts: v.optional(optional, null),
  })),
  containers: v.array(v.object({
    id: v.pipe(v.string(), v.transform(containerId)),
    name: v.string(),
    pod,
    claims: v.array(uid),
    shares: v.array(share),
    podLimitsRestored: v.optional(v.number(), 0),
    adjustment: v.object({
      mems: v.string(),
      policy: v.exactOptional(policy),
      memory: v.exactOptional(memory),
      hugetlbBytes: v.pipe(
        v.record(v.string(), bytes),
        v.transform((sizes) =>
          new Map(Object.entries(sizes).map(([key, limit]) => [v.parse(size, key), limit]))
        ),
      ),
    }),
  })),
});

/** Writes a status as JSON, see {@link parseStatus}. */
export function formatStatus(status: InstanceStatus): string {
  return JSON.stringify(status, (_key, value: unknown) => {
    if (value === undefined) return null;
    if (typeof value === "bigint") return value.toString();
    if (value instanceof Map) {
      return Object.fromEntries([...value].map(([size, bytes]) => [formatPageSize(size), bytes]));
    }
    return value;
  });
}

/** Reads what {@link formatStatus} wrote, of this version or of one near it. Throws {@link ParseError}. */
export function parseStatus(text: string): InstanceStatus {
  try {
    return v.parse(document, JSON.parse(text));
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new ParseError(`Cannot read the driver's status: ${cause.message}`, { cause });
  }
}
