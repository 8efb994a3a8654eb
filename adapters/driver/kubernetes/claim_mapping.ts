import * as v from "valibot";
import type { AllocationResult, ResourceClaim } from "../../../core/claims/claim.ts";
import { claimUid, podUid } from "../../../core/values/ids.ts";
import { configEntry, readConfigs } from "../../protocols/configuration/memory_config.ts";
import { MalformedAnswerError } from "./api_error.ts";

const result = v.object({
  request: v.string(),
  driver: v.string(),
  pool: v.string(),
  device: v.string(),
  shareID: v.optional(v.string()),
  adminAccess: v.optional(v.boolean(), false),
  consumedCapacity: v.optional(v.record(v.string(), v.string())),
});

const consumer = v.object({
  apiGroup: v.optional(v.string(), ""),
  resource: v.string(),
  name: v.string(),
  uid: v.string(),
});

/** Set where the claim was made from a template of the pod (`PodResourceClaimAnnotation` of `resource.k8s.io`). */
const podClaimNameAnnotation = "resource.kubernetes.io/pod-claim-name";

const subrequest = v.object({
  capacity: v.optional(v.object({ requests: v.optional(v.record(v.string(), v.unknown()), {}) }), {}),
});

const request = v.object({
  name: v.string(),
  exactly: v.optional(subrequest),
  firstAvailable: v.optional(v.array(v.object({ name: v.string(), ...subrequest.entries })), []),
});

const claim = v.object({
  metadata: v.object({
    namespace: v.string(),
    name: v.string(),
    uid: v.string(),
    annotations: v.optional(v.object({ [podClaimNameAnnotation]: v.exactOptional(v.string()) }), {}),
  }),
  spec: v.optional(
    v.object({ devices: v.optional(v.object({ requests: v.optional(v.array(request), []) }), {}) }),
    {},
  ),
  status: v.optional(
    v.object({
      allocation: v.optional(v.object({
        devices: v.optional(
          v.object({
            results: v.optional(v.array(result), []),
            config: v.optional(v.array(configEntry), []),
          }),
          {},
        ),
      })),
      reservedFor: v.optional(v.array(consumer), []),
    }),
    {},
  ),
});

/**
 * Reads a ResourceClaim of `resource.k8s.io/v1` as far as the driver is concerned: configuration that is not
 * for this driver and consumers that are no pods are left out. Throws {@link MalformedAnswerError}, and `ParseError`
 * for a uid that cannot be used.
 */
export function readClaim(object: unknown): ResourceClaim {
  const { success, output, issues } = v.safeParse(claim, object);
  if (!success) throw new MalformedAnswerError(`Cannot read a ResourceClaim: ${v.summarize(issues)}`);
  const { metadata: { namespace, name, uid, annotations }, spec, status: { allocation, reservedFor } } =
    output;
  const wantedCapacities = new Map(spec.devices.requests.flatMap(capacitiesOf));
  const podClaimName = annotations[podClaimNameAnnotation];
  return {
    reference: { namespace, name, uid: claimUid(uid) },
    ...(podClaimName ? { podClaimName } : {}),
    ...(allocation === undefined ? {} : {
      allocation: {
        results: allocation.devices.results.map(readResult),
        configs: readConfigs(allocation.devices.config),
      },
    }),
    ...(wantedCapacities.size === 0 ? {} : { wantedCapacities }),
    reservedFor: reservedFor
      .filter(({ apiGroup, resource }) => apiGroup === "" && resource === "pods")
      .map((pod) => ({ namespace, name: pod.name, uid: podUid(pod.uid) })),
  };
}

/** What a request and its alternatives want of a device's capacity, by their names as allocation results have them. */
function capacitiesOf(
  { name, exactly, firstAvailable }: v.InferOutput<typeof request>,
): [request: string, capacities: string[]][] {
  const all = [
    ...exactly === undefined ? [] : [{ name, ...exactly }],
    ...firstAvailable.map((alternative) => ({ ...alternative, name: `${name}/${alternative.name}` })),
  ];
  return all.flatMap(({ name, capacity }) => {
    const names = Object.keys(capacity.requests ?? {});
    return names.length === 0 ? [] : [[name, names]];
  });
}

function readResult(
  { request, driver, pool, device, shareID, adminAccess, consumedCapacity }: v.InferOutput<typeof result>,
): AllocationResult {
  return {
    request,
    driver,
    pool,
    device,
    ...(shareID === undefined ? {} : { shareId: shareID }),
    ...(adminAccess ? { adminAccess } : {}),
    ...(consumedCapacity === undefined ? {} : { consumedCapacity }),
  };
}
