import { humanBytes } from "../values/human_bytes.ts";

/**
 * How fast the memory of a NUMA node is for the node that reaches it best, as the firmware says (HMAT). What it does not
 * say is absent. Units are those of Documentation/admin-guide/mm/numaperf.rst: MiB a second, and nanoseconds.
 */
export interface MemorySpeed {
  readonly readBandwidthMebibytes?: number;
  readonly writeBandwidthMebibytes?: number;
  readonly readLatencyNanoseconds?: number;
  readonly writeLatencyNanoseconds?: number;
}

/** The speed of one direction for people, as `26Gi/s in 240 ns`; empty where nothing of it is known. */
export function speedText(speed: MemorySpeed, direction: "read" | "write"): string {
  const mebibytes = speed[`${direction}BandwidthMebibytes`],
    nanoseconds = speed[`${direction}LatencyNanoseconds`];
  return [
    ...mebibytes === undefined ? [] : [`${humanBytes(mebibytes * 2 ** 20)}/s`],
    ...nanoseconds === undefined ? [] : [`in ${nanoseconds} ns`],
  ].join(" ");
}
