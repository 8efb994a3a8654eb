import { containerId, podUid } from "../../../core/values/ids.ts";
import { formatCgroupPageSize, type PageSize, parseCgroupPageSize } from "../../../core/values/page_size.ts";
import { memoryFiles, type MemoryLimit } from "../../../core/claims/memory_limits.ts";
import type { MemoryPolicy } from "../../../core/claims/memory_policy.ts";
import type { Adjustment, Container, Sandbox } from "../../../core/ports/container_service.ts";
import * as nri from "../../protocols/nri/generated/nri.ts";
import { statusCode, TtrpcError } from "../../protocols/nri/ttrpc/status.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/** A message of the runtime that lacks what every runtime sends. */
export class IncompleteMessageError extends TtrpcError {
  override name = "IncompleteMessageError";

  constructor(message: string) {
    super(statusCode.invalidArgument, message);
  }
}

/** The pod of a request, in the core's words. Throws {@link IncompleteMessageError}. */
export function sandboxOf(pod: nri.PodSandbox | undefined): Sandbox {
  if (pod === undefined) {
    throw new IncompleteMessageError("Cannot read the runtime's request: it names no pod");
  }
  const { namespace, name, uid, runtimeHandler } = pod;
  return {
    reference: { namespace, name, uid: podUid(uid) },
    cgroupParent: pod.linux?.cgroupParent ?? "",
    runtimeHandler,
  };
}

/** The container of a request, in the core's words. Throws {@link IncompleteMessageError}. */
export function containerOf(container: nri.Container | undefined): Container {
  if (container === undefined) {
    throw new IncompleteMessageError("Cannot read the runtime's request: it names no container");
  }
  const resources = container.linux?.resources, { cpu, hugepageLimits = [] } = resources ?? {};
  const limits = hugepageLimits.flatMap(({ pageSize, limit }) => {
    const size = knownPageSize(pageSize);
    return size === undefined ? [] : [[size, limit] as const];
  });
  return {
    id: containerId(container.id),
    name: container.name,
    environment: container.env,
    applied: {
      mems: cpu?.mems ?? "",
      ...(resources === undefined ? {} : memoryLimitsOf(resources)),
      hugetlbBytes: new Map(limits),
    },
  };
}

/**
 * What a new container is given. runc limits faults and reservations alike by a hugepage limit, crun (1.28) faults alone:
 * a mapping beyond the limit then succeeds and dies at a touch, and takes what another container of the pod reserved. So
 * that reservations are limited under both, their limits are named as files of the container's cgroup as well, which takes
 * a node whose controllers are all in cgroup v2: elsewhere runc refuses such entries.
 */
export function adjustmentOf(
  adjustment: Adjustment,
  limitReservations: boolean,
): nri.LinuxContainerAdjustment {
  const { hugetlbBytes } = adjustment, resources = resourcesOf(adjustment);
  if (limitReservations) {
    for (const [size, limit] of hugetlbBytes) {
      resources.unified[`hugetlb.${formatCgroupPageSize(size)}.rsvd.max`] = `${limit}`;
    }
  }
  return { resources, memoryPolicy: memoryPolicyOf(adjustment) };
}

/**
 * A configured policy names the machine's nodes as they are (MPOL_F_STATIC_NODES of set_mempolicy(2)): otherwise the
 * kernel maps them by their place in the CPU set, if that is narrowed after the policy was set.
 */
function memoryPolicyOf({ preferred, policy }: Adjustment): nri.LinuxMemoryPolicy | undefined {
  if (policy !== undefined) {
    return { mode: modes[policy.mode], nodes: policy.nodes, flags: [nri.MpolFlag.MPOL_F_STATIC_NODES] };
  }
  if (preferred === undefined) return undefined;
  return { mode: nri.MpolMode.MPOL_PREFERRED_MANY, nodes: preferred, flags: [] };
}

const modes: Readonly<Record<MemoryPolicy["mode"], nri.MpolMode>> = {
  preferred: nri.MpolMode.MPOL_PREFERRED,
  preferredMany: nri.MpolMode.MPOL_PREFERRED_MANY,
  interleave: nri.MpolMode.MPOL_INTERLEAVE,
  weightedInterleave: nri.MpolMode.MPOL_WEIGHTED_INTERLEAVE,
};

/** An adjustment as the runtime takes it for a container that exists. */
export function resourcesOf({ mems, memory, hugetlbBytes }: Adjustment): nri.LinuxResources {
  const hugepageLimits = [...hugetlbBytes].map(([size, limit]) => ({
    pageSize: formatCgroupPageSize(size),
    limit,
  }));
  const { max, ...files } = memory ?? {};
  // Where memory.max is named as a file alone, the runtime writes what the kubelet set first, and the kernel kills for it.
  const limit = typeof max === "bigint" ? { value: max } : undefined;
  return {
    memory: limit && { limit, swap: limit },
    cpu: { cpus: "", mems },
    hugepageLimits,
    unified: Object.fromEntries(
      Object.entries(files).map(([field, limit]) => [namedFiles[field as keyof typeof files], `${limit}`]),
    ),
  };
}

/** Those that OCI knows by their names alone: `memory.max` has a field. */
const { max: _max, ...namedFiles } = memoryFiles;

/** The memory that an update wants a container to have at most, if it says so: 0 leaves it as it is. */
export function askedMemoryMax(resources: nri.LinuxResources | undefined): bigint | undefined {
  const limit = resources?.memory?.limit?.value ?? 0n;
  return limit > 0n ? limit : undefined;
}

/** The limits of memory that a container has; those that nobody set are left out. */
function memoryLimitsOf(resources: nri.LinuxResources): Pick<Adjustment, "memory"> {
  const max = askedMemoryMax(resources), both = resources.memory?.swap?.value ?? 0n;
  const named = Object.entries(namedFiles).flatMap(([field, file]) => {
    const limit = limitOf(resources.unified[file]);
    return limit === undefined ? [] : [[field, limit] as const];
  });
  // OCI counts memory and swap together.
  const swapMax = max === undefined || both < max ? {} : { swapMax: both - max };
  const memory = { ...(max === undefined ? {} : { max }), ...swapMax, ...Object.fromEntries(named) };
  return Object.keys(memory).length === 0 ? {} : { memory };
}

function limitOf(text: string | undefined): MemoryLimit | undefined {
  if (text === "max") return text;
  return text !== undefined && /^\d{1,19}$/.test(text) ? BigInt(text) : undefined;
}

/** A size that this driver could not have set is not compared with what it would set. */
function knownPageSize(text: string): PageSize | undefined {
  try {
    return parseCgroupPageSize(text);
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}
