import type { DeviceCapacity } from "./device.ts";

/** The most that one request can be given of a capacity of which so much is free, by its policy. */
export function largestPiece({ policy }: DeviceCapacity, free: bigint): bigint {
  if (free <= 0n) return 0n;
  if (policy?.validRange !== undefined) {
    const { min, max, step } = policy.validRange;
    const most = max === undefined || free < max ? free : max;
    if (most < min) return 0n;
    return step === undefined ? most : most - (most - min) % step;
  }
  if (policy?.validValues === undefined) return free;
  return policy.validValues.findLast((value) => value <= free) ?? 0n;
}
