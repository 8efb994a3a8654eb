import type { NumaNodeId } from "../values/ids.ts";
import type { ClaimedContainer } from "./driver_status.ts";

/** Bytes, the NUMA nodes of a `cpuset.mems` in the kernel's list format, or a memory policy with its nodes. */
export type ComparedValue = bigint | "max" | { readonly nodes: string } | { readonly policy: string };

/** Something that a container was promised beside what it has. */
export interface Comparison {
  /** The kernel's file that tells. */
  readonly file: string;
  /** Whose file it is: the pod's limits bind its containers. */
  readonly of: "container" | "pod";
  readonly numaNode: NumaNodeId | undefined;
  /** Undefined where nothing was promised. */
  readonly promised: ComparedValue | undefined;
  /** Undefined where the kernel does not tell. */
  readonly actual: ComparedValue | undefined;
  readonly differs: boolean;
  /** What is to be known of the figure; undefined as a rule. */
  readonly note?: string;
}

/** What a container was promised. */
export type Promised = Pick<ClaimedContainer, "shares" | "adjustment">;

/** What is the same of all files of a container that are not about one NUMA node. */
export function ofContainer(file: string) {
  return { file, of: "container", numaNode: undefined } as const;
}
