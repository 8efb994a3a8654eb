import * as v from "valibot";
import type { ContainerUsage, PodUsage } from "../../../core/claims/pod_usage.ts";
import { parseWrittenPageSize } from "../../../core/values/written_page_size.ts";
import type { PageSize } from "../../../core/values/page_size.ts";
import { hugepagesResource, memoryResource, type ResourceName } from "../../../core/values/resource_name.ts";
import { parseQuantity } from "../../../core/values/quantity.ts";
import { MalformedAnswerError } from "./api_error.ts";

/** As in `hugepages-2Mi`, which the API server checks. */
const hugepagesPrefix = "hugepages-";

const limits = v.optional(v.record(v.string(), v.string()), {});

const use = v.object({ name: v.string(), request: v.exactOptional(v.string()) });

const containers = v.optional(
  v.array(v.object({
    name: v.string(),
    resources: v.optional(
      v.object({
        claims: v.optional(v.array(use), []),
        limits,
      }),
      {},
    ),
    volumeMounts: v.optional(v.array(v.object({ mountPath: v.string() })), []),
    volumeDevices: v.optional(v.array(v.object({ devicePath: v.string() })), []),
    terminationMessagePath: v.exactOptional(v.string()),
  })),
  [],
);

/** Of the pod's spec and status alike: the claim behind one of the pod's names for claims. */
const claimNames = v.optional(
  v.array(v.object({ name: v.string(), resourceClaimName: v.optional(v.string()) })),
  [],
);

/** The claim that the scheduler made of extended resources which DeviceClasses stand for. */
const extendedResourceClaim = v.object({
  resourceClaimName: v.string(),
  requestMappings: v.array(v.object({ containerName: v.string(), requestName: v.string() })),
});

const pod = v.object({
  metadata: v.object({ uid: v.string() }),
  spec: v.object({
    initContainers: containers,
    containers,
    resourceClaims: claimNames,
    resources: v.optional(v.object({ limits }), {}),
    hostUsers: v.optional(v.boolean(), true),
  }),
  status: v.optional(
    v.object({
      resourceClaimStatuses: claimNames,
      extendedResourceClaimStatus: v.exactOptional(extendedResourceClaim),
    }),
    {},
  ),
});

/**
 * Reads which containers of a Pod use which claim. A claim that is made from a template has its name in the pod's
 * status alone, once it was made; so has one of extended resources, which the pod has no name of its own for. Throws
 * {@link MalformedAnswerError}.
 */
export function readPodUsage(object: unknown): PodUsage {
  const { success, output, issues } = v.safeParse(pod, object);
  if (!success) throw new MalformedAnswerError(`Cannot read a Pod: ${v.summarize(issues)}`);
  const { metadata, spec, status } = output;
  const podLimits = spec.resources.limits, limited = limitedResources(podLimits);
  const extended = extendedUses(status.extendedResourceClaimStatus);
  return {
    uid: metadata.uid,
    containers: [...spec.initContainers, ...spec.containers].map((container) => {
      const usage = readContainer(container, podLimits);
      const made = extended.filter(({ container }) => container === usage.name).map(({ use }) => use);
      return { ...usage, claims: [...usage.claims, ...made] };
    }),
    claimNames: new Map([
      ...[...spec.resourceClaims, ...status.resourceClaimStatuses].flatMap(({ name, resourceClaimName }) =>
        resourceClaimName === undefined ? [] : [[name, resourceClaimName] as const]
      ),
      ...extended.map(({ use }) => [use.name, use.name] as const),
    ]),
    ...(limited.length === 0 ? {} : { limited }),
    hasUserNamespace: !spec.hostUsers,
  };
}

/** Which container uses which request of the claim that was made of extended resources. */
function extendedUses(claim?: v.InferOutput<typeof extendedResourceClaim>) {
  const { resourceClaimName: name = "", requestMappings = [] } = claim ?? {};
  return requestMappings.map(({ containerName: container, requestName: request }) => ({
    container,
    use: { name, request },
  }));
}

function readContainer(
  { name, resources, volumeMounts, volumeDevices, terminationMessagePath }: v.InferOutput<
    typeof containers
  >[number],
  podLimits: Readonly<Record<string, string>>,
): ContainerUsage {
  return {
    name,
    claims: resources.claims,
    paths: [
      ...volumeMounts.map(({ mountPath }) => mountPath),
      ...volumeDevices.map(({ devicePath }) => devicePath),
      ...(terminationMessagePath === undefined ? [] : [terminationMessagePath]),
    ],
    hugepages: Object.entries({ ...podLimits, ...resources.limits }).flatMap(([name, quantity]) => {
      const pageSize = pageSizeOf(name);
      return pageSize === undefined ? [] : [{ pageSize, bytes: parseQuantity(quantity) }];
    }),
  };
}

function limitedResources(podLimits: Readonly<Record<string, string>>): ResourceName[] {
  return Object.keys(podLimits).flatMap((name) => {
    const pageSize = pageSizeOf(name);
    if (pageSize !== undefined) return [hugepagesResource(pageSize)];
    return name === memoryResource ? [memoryResource] : [];
  });
}

function pageSizeOf(resource: string): PageSize | undefined {
  return resource.startsWith(hugepagesPrefix)
    ? parseWrittenPageSize(resource.slice(hugepagesPrefix.length))
    : undefined;
}
