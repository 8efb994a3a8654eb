import type { DeviceView } from "../../core/operations/cluster/cluster_view.ts";
import { humanBytes } from "../../core/values/human_bytes.ts";

/** How much there is of a device or a pool, how much is claimed and how much is free: the cells of a row. */
export function amounts(
  { capacity, claimed, free }: Pick<DeviceView, "capacity" | "claimed" | "free">,
): string[] {
  return [capacity, claimed, free].map((bytes) => humanBytes(Number(bytes)));
}
