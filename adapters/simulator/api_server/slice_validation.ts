import type { ApiObject, SubmittedObject } from "./api_object.ts";
import { validateDevice } from "./device_validation.ts";
import { isDnsSubdomain } from "./names.ts";
import { readSliceSpec, type SliceSpec } from "./slice_schema.ts";
import type { FieldProblem } from "./status.ts";

const maxDevices = 128;
/** For slices with taints, counters or lists. */
const maxCostlyDevices = 64;

/**
 * What the API server has against a ResourceSlice: the rules of resource.k8s.io/v1 (Kubernetes 1.36) for slices
 * of one node, without those of the gates that the driver does not use. Empty when it takes the slice.
 */
export function validateSlice(object: SubmittedObject, former: ApiObject | undefined): FieldProblem[] {
  const spec = readSliceSpec(object);
  return [
    ...validateOrigin(spec),
    ...validateReach(spec),
    ...validateDevices(spec),
    ...(former === undefined ? [] : validateChange(spec, readSliceSpec(former))),
  ];
}

function validateOrigin({ driver, pool }: SliceSpec): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (!isDnsSubdomain(driver, 63)) {
    problems.push({ field: "spec.driver", message: "must be a DNS subdomain of at most 63 characters" });
  }
  if (pool.name.length > 253 || !pool.name.split("/").every((part) => isDnsSubdomain(part))) {
    problems.push({ field: "spec.pool.name", message: "must be DNS subdomains joined by slashes" });
  }
  if (!Number.isInteger(pool.generation) || pool.generation < 0) {
    problems.push({ field: "spec.pool.generation", message: "must be at least 0" });
  }
  if (!Number.isInteger(pool.resourceSliceCount) || pool.resourceSliceCount < 1) {
    problems.push({ field: "spec.pool.resourceSliceCount", message: "must be at least 1" });
  }
  return problems;
}

function validateReach(
  { nodeName, nodeSelector, allNodes, perDeviceNodeSelection }: SliceSpec,
): FieldProblem[] {
  const given = [nodeName !== undefined, nodeSelector !== undefined, allNodes, perDeviceNodeSelection];
  if (given.filter(Boolean).length !== 1) {
    const message =
      "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
    return [{ field: "spec", message }];
  }
  if (nodeName !== undefined && !isDnsSubdomain(nodeName)) {
    return [{ field: "spec.nodeName", message: "must be a DNS subdomain" }];
  }
  return [];
}

function validateDevices({ devices, sharedCounters }: SliceSpec): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (devices.length > 0 && sharedCounters.length > 0) {
    problems.push({ field: "spec", message: "only one of `sharedCounters` or `devices` is allowed" });
  }
  const costly = devices.some(({ taints, consumesCounters }) => taints.length + consumesCounters.length > 0);
  const max = costly ? maxCostlyDevices : maxDevices;
  if (devices.length > max) {
    problems.push({ field: "spec.devices", message: `must have at most ${max} items` });
  }

  const names = new Set<string>();
  devices.forEach((device, index) => {
    const field = `spec.devices[${index}]`;
    if (names.has(device.name)) {
      problems.push({ field: `${field}.name`, message: `duplicate value: ${device.name}` });
    }
    names.add(device.name);
    problems.push(...validateDevice(device, field));
  });
  return problems;
}

function validateChange(spec: SliceSpec, former: SliceSpec): FieldProblem[] {
  const fixed = [
    ["spec.driver", spec.driver, former.driver],
    ["spec.pool.name", spec.pool.name, former.pool.name],
    ["spec.nodeName", spec.nodeName, former.nodeName],
  ] as const;
  return fixed.filter(([, now, before]) => now !== before)
    .map(([field]) => ({ field, message: "field is immutable" }));
}
