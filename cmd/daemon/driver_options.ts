import { noReservation, type Reservation } from "../../core/devices/reservation.ts";
import type { PodUid } from "../../core/values/ids.ts";
import { type SharedOptions, usualPlaces } from "../options/shared_options.ts";
import type { Launch } from "./launched.ts";

/** What the driver works with. Those that are flags of the daemon as well are called as there. */
export interface DriverOptions extends
  Pick<
    SharedOptions,
    "sysfsRoot" | "procfsRoot" | "smbiosTable" | "cdiDir" | "kubeletRoot" | "nriSocket" | "runDir"
  > {
  readonly nodeName: string;
  /** What is kept from claims, unless the Node has an annotation that says otherwise. */
  readonly reservation: Reservation;
  /** Identifies the time since the machine was started. */
  readonly bootId: string;
  /** The kernel's, as `uname -r` prints it; undefined where it cannot be read, and nothing is refused for its sake. */
  readonly kernelRelease: string | undefined;
  /** Empty where pod cgroups are left alone. */
  readonly cgroupMount: string;
  /** Whether every controller is in cgroup v2. */
  readonly isUnified: boolean;
  readonly bindAddress: string;
  /** Seconds between two looks at the node. */
  readonly resyncPeriod: number;
  /** Seconds between two looks whether containers have what they were promised; 0 for none. */
  readonly comparePeriod: number;
  /** For how many seconds a claim must be unknown to the cluster before what it holds is released. */
  readonly orphanGrace: number;
  /** Whether the runtime is asked to fail containers that it could not ask the driver about. */
  readonly failClosed: boolean;
  /** Whether the kernel is asked before hugepages are promised. */
  readonly verifyFreeHugepages: boolean;
  /** Whether the NUMA node is published as a list with its neighbors, which takes a feature gate. */
  readonly numaNodeList: boolean;
  /** Whether the status of each claim is told what it was given. */
  readonly reportClaims: boolean;
  /** The last lines of the log, the oldest first. */
  readonly lastLines: () => readonly string[];
  /** How the runtime started this process; undefined where the driver connects by itself. */
  readonly launch: Launch | undefined;
  /** The driver's own pod, where another instance may run beside this one during an update. */
  readonly podUid: PodUid | undefined;
}

/** What holds for a driver that is told nothing else. */
export const usualDriverOptions = {
  ...usualPlaces,
  reservation: noReservation,
  kernelRelease: undefined,
  isUnified: false,
  bindAddress: "127.0.0.1:9177",
  resyncPeriod: 60,
  comparePeriod: 60,
  orphanGrace: 600,
  failClosed: false,
  verifyFreeHugepages: true,
  numaNodeList: false,
  reportClaims: true,
  lastLines: () => [],
  launch: undefined,
  podUid: undefined,
} as const satisfies Partial<DriverOptions>;

/** What a driver has to be told, and what else it is told. */
export type DriverSettings = Partial<DriverOptions> & Omit<DriverOptions, keyof typeof usualDriverOptions>;
