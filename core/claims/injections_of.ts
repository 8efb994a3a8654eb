import type { Device } from "../devices/device.ts";
import { sliceDevice } from "../devices/slice_device.ts";
import { driverName } from "../values/driver.ts";
import { messageOf } from "../values/message_of.ts";
import { formatQuantity } from "../values/quantity.ts";
import { hugepageSizeOf } from "../values/resource_name.ts";
import { AllocationError, resultsOfDriver, validateAllocation } from "./allocation.ts";
import type { Allocation, AllocationResult, PreparedClaim, ResourceClaim } from "./claim.ts";
import { ConfigError, effectiveConfig } from "./configuration/effective_config.ts";
import type { MountPath, OpaqueConfig } from "./configuration/memory_config.ts";
import { deviceMetadata } from "./device_metadata.ts";
import { type ClaimUser, type EligibleClaim, IneligibleClaimError } from "./eligibility.ts";
import { type HugetlbfsMount, hugetlbfsMounts } from "./hugetlbfs.ts";
import { memoryPolicyOf, PolicyConflictError } from "./memory_policy.ts";
import { isMemory, type MemoryTerms } from "./memory_terms.ts";
import { usesOf } from "./pod_usage.ts";
import { termsOf } from "./terms_of.ts";
import { collidingRequests, type NamedRequest, shellVariables, variablePrefix } from "./shell_variables.ts";

/** What injections are made from. */
export interface InjectionSources {
  readonly claim: EligibleClaim;
  /** Of the claim, checked. */
  readonly allocations: readonly Allocation[];
  readonly user: ClaimUser;
  /** The other claims of the container that uses this one. */
  readonly neighbors: readonly ResourceClaim[];
  readonly nodeName: string;
  readonly devices: readonly Device[];
}

/** One allocation, as it was asked for. */
interface Part {
  readonly claimName: string;
  readonly allocation: Allocation;
  /** As the allocation result names it, with the subrequest. */
  readonly fullRequest: string;
  readonly mountPath: MountPath | undefined;
  /** Absent where the configuration says nothing of memory. */
  readonly terms?: MemoryTerms;
}

/**
 * What the container of a claim is given for each of its requests, and on what terms. Throws {@link IneligibleClaimError} for
 * configuration that has no meaning, or that the container cannot have.
 */
export function injectionsOf(
  sources: InjectionSources,
): Pick<PreparedClaim, "injections" | "withoutMounts" | "terms"> {
  const { claim, allocations, user, neighbors, devices } = sources;
  try {
    const own = partsOf(claim.reference.name, claim, allocations);
    const parts = [...own, ...neighbors.flatMap((neighbor) => neighborParts(neighbor, sources))];
    checkNames(parts, sources);
    checkPolicy(parts, user);
    const mounts = user.pod.hasUserNamespace ? new Map<Part, HugetlbfsMount>() : mountsOf(parts, user);
    const injections = [...Map.groupBy(own, ({ allocation }) => allocation.request)].map(
      ([request, parts]) => {
        const found = new Map(parts.flatMap((part) => {
          const mount = mounts.get(part);
          return mount === undefined ? [] : [[mount.path, mount] as const];
        }));
        return {
          request,
          mounts: [...found.values()],
          environment: [
            ...shareVariables(request, parts, sources),
            ...pathVariables([...found.values()], [...mounts.values()]),
          ],
          metadata: deviceMetadata({
            claim: claim.reference,
            podClaimName: claim.podClaimName,
            name: parts[0]?.fullRequest ?? request,
            devices: parts.map((part) => describedDevice(part, mounts.get(part), devices)),
          }),
        };
      },
    );
    const terms = termsOf(claim, allocations);
    const wantsMounts = own.some(({ allocation, mountPath }) =>
      hugepageSizeOf(allocation.resource) !== undefined && mountPath !== "none"
    );
    return {
      injections,
      ...(terms.length === 0 ? {} : { terms }),
      ...(wantsMounts && user.pod.hasUserNamespace ? { withoutMounts: userNamespace } : {}),
    };
  } catch (cause) {
    if ([ConfigError, PolicyConflictError].every((type) => !(cause instanceof type))) {
      throw cause;
    }
    throw new IneligibleClaimError("invalid-config", claim.reference, messageOf(cause));
  }
}

/** Two requests of a container whose variables would have the same names could not be told apart. */
function checkNames(parts: readonly Part[], { claim, user }: InjectionSources): void {
  const named = parts.flatMap((part) => namesOf(part.claimName, part.allocation.request, user));
  const [one, other] = collidingRequests(named) ?? [];
  if (one === undefined || other === undefined) return;
  const both = [one, other].map(({ podClaimName, request }) => `${podClaimName}/${request}`).join(" and ");
  throw new IneligibleClaimError(
    "invalid-name",
    claim.reference,
    `the variables of the claims and requests ${both} of container ${user.container?.name} would have the same names, ` +
      `${variablePrefix(one)}_…: call one of them differently`,
  );
}

/** The variables that tell a container what it holds by a request, under each name that the pod has for the claim. */
function shareVariables(
  request: string,
  parts: readonly Part[],
  { user, devices }: InjectionSources,
): string[] {
  const shares = parts.flatMap(({ allocation: { device, numaNode, bytes } }) => {
    const pageSize = devices.find(({ name }) => name === device)?.pageSize;
    return pageSize === undefined ? [] : [{ numaNode, pageSize, bytes }];
  });
  const [part] = parts;
  return part === undefined
    ? []
    : namesOf(part.claimName, request, user).flatMap((name) => shellVariables(name, shares));
}

/** What the container calls a request of a claim. */
function namesOf(claimName: string, request: string, { pod, container }: ClaimUser): NamedRequest[] {
  const uses = container === undefined ? [] : usesOf(pod, container, claimName);
  const names = uses.filter((use) => (use.request ?? request) === request).map(({ name }) => name);
  return [...new Set(names)].map((podClaimName) => ({ podClaimName, request }));
}

function partsOf(
  claimName: string,
  { results, configs }: {
    readonly results: readonly AllocationResult[];
    readonly configs: readonly OpaqueConfig[];
  },
  allocations: readonly Allocation[],
): Part[] {
  const allTerms = termsOf({ results, configs }, allocations);
  return resultsOfDriver(results).flatMap(({ request }, index) => {
    const allocation = allocations[index];
    if (allocation === undefined) return [];
    const { mountPath } = effectiveConfig(request, configs).hugetlbfs ?? {};
    const terms = isMemory(allocation) && allTerms.find((terms) => terms.request === allocation.request);
    return [{ claimName, allocation, fullRequest: request, mountPath, ...(terms ? { terms } : {}) }];
  });
}

/** What is wrong with another claim is told when that is prepared, and keeps the pod from starting. */
function neighborParts({ reference, allocation }: ResourceClaim, node: InjectionSources): Part[] {
  if (allocation === undefined) return [];
  try {
    const allocations = validateAllocation(reference, allocation.results, { ...node, usedBytes: () => 0n });
    return partsOf(reference.name, allocation, allocations);
  } catch (error) {
    if (error instanceof AllocationError || error instanceof ConfigError) return [];
    throw error;
  }
}

/** Those that the container uses, which can name one request of a claim. */
function usedParts(parts: readonly Part[], { pod, container }: ClaimUser): Part[] {
  if (container === undefined) return [];
  return parts.filter(({ claimName, allocation }) =>
    usesOf(pod, container, claimName).some(({ request = allocation.request }) =>
      request === allocation.request
    )
  );
}

/** All that a container holds is under one policy. */
function checkPolicy(parts: readonly Part[], user: ClaimUser): void {
  memoryPolicyOf(
    usedParts(parts, user).map(({ allocation, terms }) => (
      terms === undefined ? allocation : { ...allocation, terms }
    )),
  );
}

/** The hugetlbfs of each part that the container uses and that is to have one. */
function mountsOf(parts: readonly Part[], { pod, container }: ClaimUser): Map<Part, HugetlbfsMount> {
  const used = usedParts(parts, { pod, container }).flatMap((part) => {
    const pageSize = hugepageSizeOf(part.allocation.resource);
    return pageSize === undefined ? [] : [{ part, pageSize }];
  });
  const claimed = used.map(({ part: { allocation, mountPath }, pageSize }) => (
    { pageSize, bytes: allocation.bytes, mountPath }
  ));
  const mounts = hugetlbfsMounts(claimed, container?.paths ?? []);
  return new Map(used.flatMap(({ part }, index) => {
    const mount = mounts[index];
    return mount === undefined ? [] : [[part, mount] as const];
  }));
}

/** The kernel lets only the first user namespace mount a hugetlbfs (`fs/hugetlbfs/inode.c`: no FS_USERNS_MOUNT). */
const userNamespace =
  "the pod has a user namespace of its own (hostUsers: false), where the kernel mounts no hugetlbfs";

/**
 * Where the container's hugepages are, for each page size that is mounted here: `HUGETLBFS_PATH_2MI=/dev/hugepages-2Mi`,
 * several paths with a colon between them. Each request says the same of a size, since the last to do so counts.
 */
function pathVariables(mounts: readonly HugetlbfsMount[], all: readonly HugetlbfsMount[]): string[] {
  return [...new Set(mounts.map(({ pageSize }) => pageSize))].map((size) => {
    const paths = new Set(all.filter(({ pageSize }) => pageSize === size).map(({ path }) => path));
    return `HUGETLBFS_PATH_${formatQuantity(size).toUpperCase()}=${[...paths].sort().join(":")}`;
  });
}

/** Beside what the ResourceSlice says of the device stand the amount and where it is mounted. */
function describedDevice(
  { allocation: { pool, device, bytes } }: Part,
  mount: HugetlbfsMount | undefined,
  devices: readonly Device[],
) {
  const known = devices.find(({ name }) => name === device);
  const attributes = {
    ...(known === undefined ? {} : sliceDevice(known).attributes),
    [`${driverName}/sizeBytes`]: { int: Number(bytes) },
    ...(mount === undefined ? {} : { [`${driverName}/hugetlbfsPath`]: { string: mount.path } }),
  };
  return { pool, device, attributes };
}
