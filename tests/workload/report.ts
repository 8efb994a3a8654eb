import * as v from "valibot";

const mapped = v.strictObject({
  bytes: v.number(),
  pageBytes: v.number(),
  /** Bytes by NUMA node. */
  nodes: v.record(v.pipe(v.string(), v.regex(/^\d+$/)), v.number()),
  /** The nodes that the cpuset allows, as a list of the kernel's: `0-1`. */
  allowedNodes: v.string(),
  /** The variables whose names begin with DRAMEMORY_. */
  environment: v.record(v.string(), v.string()),
});
const failed = v.strictObject({
  /** `mmap`, `touch`, or what else failed. */
  failed: v.string(),
  /** The name of an error of the kernel or of a signal. */
  reason: v.string(),
  touchedBytes: v.optional(v.number()),
});

/** A line that the workload prints. */
export type WorkloadReport = v.InferOutput<typeof mapped> | v.InferOutput<typeof failed>;

const report = v.union([mapped, failed]);

/** Reads a line that the workload printed. Throws when it is none. */
export function parseReport(line: string): WorkloadReport {
  return v.parse(report, JSON.parse(line));
}
