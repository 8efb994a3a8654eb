import type { PodUid } from "../../core/values/ids.ts";
import type { Launch } from "./launched.ts";
import type { NodeOptions } from "../options/node_options.ts";

/** Where the driver finds what it works with. */
export interface DriverOptions extends NodeOptions {
  readonly nodeName: string;
  /** Empty where pod cgroups are to be left alone. */
  readonly cgroupMount: string;
  readonly bindAddress: string;
  /** The directory of the socket that `dramemory status` asks; empty for none. */
  readonly runDir: string;
  /** The last lines of the log, the oldest first. */
  readonly lastLines: () => readonly string[];
  readonly kubeletRoot: string;
  readonly cdiDir: string;
  readonly nriSocket: string;
  /** How the runtime started this process; undefined where the driver connects by itself. */
  readonly launch: Launch | undefined;
  readonly resyncMilliseconds: number;
  /** For how long a claim must be unknown to the cluster before what it holds is given back. */
  readonly orphanGraceMilliseconds: number;
  /** Whether the runtime is asked to fail containers that it could not ask the driver about. */
  readonly failClosed: boolean;
  /** Whether the kernel is asked before hugepages are promised. */
  readonly verifyFreeHugepages: boolean;
  /** The driver's own pod, where another instance may run beside this one during an update. */
  readonly podUid: PodUid | undefined;
  /** Identifies the time since the machine was started. */
  readonly bootId: string;
}
