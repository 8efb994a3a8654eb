import { type AllocatableDevice, AllocationError, validateAllocation } from "../../claims/allocation.ts";
import { checkClaim, IneligibleClaimError } from "../../claims/eligibility.ts";
import { configProblem } from "../../claims/configuration/effective_config.ts";
import { termsProblem } from "../../claims/terms_of.ts";
import { sizeCapacity } from "../../devices/slice_device.ts";
import { driverName } from "../../values/driver.ts";
import { claimUid, numaNodeId, podUid } from "../../values/ids.ts";
import { pageSize } from "../../values/page_size.ts";
import { parseWholeBytes } from "../../values/quantity.ts";
import { parseResourceName } from "../../values/resource_name.ts";
import type { ClusterClaim } from "../cluster/claims.ts";
import { attributeOf, type ClusterDevice, deviceKey } from "../cluster/device.ts";
import type { NodePool } from "../cluster/pools.ts";
import type { ClusterPod } from "../cluster/pod.ts";
import type { ClusterUsage } from "../cluster/usage.ts";
import type { Finding } from "./finding.ts";
import { holdingsOf } from "./holdings.ts";
import { ParseError } from "../../values/parse_error.ts";

/**
 * Whether the driver would refuse to prepare an allocated claim, by the driver's own checks on what the cluster tells
 * of the node. What only the node knows (hugepages that others took, a full disk) is in the pod's events.
 */
export function preparationProblem(
  claim: ClusterClaim,
  pod: ClusterPod | undefined,
  pools: readonly NodePool[],
  usage: ClusterUsage,
): Finding | undefined {
  const { allocation, namespace, name } = claim;
  if (allocation === undefined || allocation.results.length === 0) return undefined;
  const node = holdingsOf(claim, pools)[0]?.node ?? "";
  if (pools.length === 0) return nothingPublished(node);
  usage.remove(allocation);
  try {
    const uid = claimUid(claim.uid);
    const results = allocation.results.map(({ shareId, consumedCapacity, ...result }) => ({
      ...result,
      driver: driverName,
      ...(shareId === undefined ? {} : { shareId }),
      ...(consumedCapacity === undefined ? {} : { consumedCapacity }),
    }));
    const reserved = claim.reservedFor.map(({ name, uid }) => ({ namespace, name, uid: podUid(uid) }));
    const own = pod === undefined ? reserved : [{ namespace, name: pod.name, uid: podUid(pod.uid) }];
    const eligible = checkClaim(
      {
        reference: { namespace, name, uid },
        allocation: {
          results,
          configs: allocation.configs,
        },
        reservedFor: reserved.length === 0 ? own : reserved,
      },
      claim,
      uid,
    );
    const allocations = validateAllocation(eligible.reference, eligible.results, {
      nodeName: node,
      devices: pools.flatMap(({ devices }) => devices.flatMap(driverDevice)),
      usedBytes: (device) => usedOf(pools, device, usage),
    });
    const { configs } = allocation;
    const problem = configProblem(configs, results.map(({ request }) => request)) ??
      termsProblem({ results, configs }, allocations);
    if (problem !== undefined) throw new IneligibleClaimError("invalid-config", claim, problem);
    return undefined;
  } catch (error) {
    return refusal(error, claim);
  } finally {
    usage.add(allocation);
  }
}

/** The kubelet takes a node's slices away half a minute after the driver went. */
function nothingPublished(node: string): Finding {
  return {
    code: "driver-absent",
    blocks: true,
    text:
      `Node ${node} publishes no memory or hugepages now: the driver does not run there, or started just now.`,
    remedy: "Look at its pod on that node, and at dramemory validate there.",
  };
}

function refusal(error: unknown, claim: ClusterClaim): Finding | undefined {
  if (error instanceof AllocationError) {
    return {
      code: "allocation-refused",
      blocks: true,
      text: `The driver refuses to prepare it: ${error.message}.`,
      remedy: "Delete the pod, so that it is scheduled anew on what there is now.",
    };
  }
  if (error instanceof IneligibleClaimError) {
    if (error.problem === "not-reserved" && claim.reservedFor.length === 0) return undefined;
    const codes = { "not-reserved": "claim-shared", "invalid-config": "config-refused" } as const;
    const code = Object.entries(codes).find(([problem]) => problem === error.problem)?.[1];
    return {
      code: code ?? "allocation-refused",
      blocks: true,
      text: `The driver refuses to prepare it: ${error.message}.`,
    };
  }
  // A device with foreign attributes, or a claim whose uid no API server made: nothing that the driver published.
  if (error instanceof ParseError) return undefined;
  throw error;
}

function usedOf(pools: readonly NodePool[], device: string, usage: ClusterUsage): bigint {
  const pool = pools.find(({ devices }) => devices.some(({ name }) => name === device));
  return pool === undefined ? 0n : usage.of(deviceKey(pool.name, device)).consumed.get(sizeCapacity) ?? 0n;
}

/** The device that a slice's entry was made of (see `sliceDevice`); none where somebody else wrote it. */
export function driverDevice(device: ClusterDevice): AllocatableDevice[] {
  const numaNode = attributeOf(device, driverName, "resource.kubernetes.io/numaNode");
  const size = attributeOf(device, driverName, "resource.kubernetes.io/pageSize");
  const capacity = device.capacity[sizeCapacity];
  if (numaNode?.kind !== "int" || size?.kind !== "string" || capacity === undefined) return [];
  try {
    return [{
      name: device.name,
      resource: parseResourceName(device.name.replace(/-numa\d+$/, "")),
      numaNode: numaNodeId(Number(numaNode.value)),
      pageSize: pageSize(bytesOf(size.value)),
      capacityBytes: capacity.value,
    }];
  } catch (error) {
    if (error instanceof ParseError) return [];
    throw error;
  }
}

/** `2m`, and `2Mi` as newer drivers write it. */
function bytesOf(size: string): bigint {
  return parseWholeBytes(size.replace(/[kmg]$/, (letter) => `${letter.toUpperCase()}i`));
}
