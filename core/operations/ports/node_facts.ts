import type { MajorMinor, RuntimeVersion } from "../runtimes/runtime_version.ts";
import type { SettingsReading } from "../runtimes/setting.ts";
import type { CgroupFacts } from "./cgroup_facts.ts";
import type { TopologySource } from "../../ports/topology_source.ts";

/** Whether a directory can be used by this process. */
export type DirectoryState = "writable" | "not writable" | "missing" | "no directory" | "unknown";

/** A directory and its state. */
export interface DirectoryFact {
  readonly path: string;
  readonly state: DirectoryState;
}

/** What a setting of the kubelet has its value from: a flag decides before any file. */
export type KubeletSource =
  | { readonly kind: "flag" }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "default" };

/** What is known of the kubelet's own memory manager, and from where. */
export type MemoryManagerFact =
  | { readonly kind: "known"; readonly policy: string; readonly setBy: KubeletSource }
  | { readonly kind: "unknown"; readonly reason: string };

/** The kubelet of this node. */
export interface KubeletFacts {
  /** Its directory. */
  readonly root: string;
  /** Whether somebody named that, instead of leaving it to be found. */
  readonly rootNamed: boolean;
  /** Those in which plugins have their sockets. */
  readonly directories: readonly DirectoryFact[];
  readonly memoryManager: MemoryManagerFact;
  /** Whether it counts claims as memory and hugepages of its node (KEP-5517); undefined where that cannot be told. */
  readonly countsClaims: boolean | undefined;
}

/** The container runtime of this node. */
export type RuntimeFacts =
  | FoundRuntimeFacts
  /** There is more than one, or something that is not known. */
  | { readonly kind: "unclear"; readonly reason: string }
  | { readonly kind: "none" };

/** A container runtime that was found. */
export interface FoundRuntimeFacts {
  readonly kind: "found";
  readonly name: string;
  /** Its program, by name or path: a node can have several of the name. */
  readonly program: string;
  /** The first version with NRI that takes CDI devices from the kubelet. */
  readonly oldest: MajorMinor;
  /** The OCI runtimes that it may make containers with, by name or path, the likeliest first. */
  readonly ociRuntimes: readonly string[];
  /** The first version whose NRI has memory policies; absent where that is not known. */
  readonly policiesSince?: MajorMinor;
  /** Undefined when it cannot be told. */
  readonly version: RuntimeVersion | undefined;
  readonly settings: RuntimeSettings;
  /** What to do so that its settings are as they should be, in one line. */
  readonly setup: string;
  /** How it is restarted, in one line. */
  readonly restart: string;
}

/** The program that makes containers. */
export interface OciRuntimeFacts {
  readonly name: string;
  /** Whether it gives containers the memory policy that it is told. */
  readonly hasPolicies: boolean;
}

/** What the driver needs of a runtime's configuration, as it stands. */
export type RuntimeSettings =
  | {
    readonly kind: "known";
    /** As each version of the runtime takes them that may be the one that runs; at least one. */
    readonly readings: readonly SettingsReading[];
    /** Where NRI plugins connect to; undefined where no file says it. */
    readonly nriSocket: string | undefined;
    /** The program that it makes containers with, by name or path; absent where no file says it. */
    readonly ociRuntime?: string;
  }
  /** The runtime does not start with it, or not with what the driver needs. */
  | { readonly kind: "unusable"; readonly reason: string }
  /** It cannot be read from here. */
  | { readonly kind: "unknown"; readonly reason: string };

/** What came of connecting to the runtime's NRI socket. */
export interface NriSocketFacts {
  readonly path: string;
  /** Whether somebody named it, instead of leaving it to be found. */
  readonly named: boolean;
  readonly outcome:
    | { readonly kind: "connected" }
    | { readonly kind: "missing" }
    /** Something else is there. */
    | { readonly kind: "no socket" }
    | { readonly kind: "refused"; readonly reason: string };
}

/** The clock of this machine. */
export interface ClockFacts {
  /** The time that it is, in UTC, as ISO 8601 has it. */
  readonly now: string;
  /** Whether the kernel takes its clock to be synchronized; undefined where it does not tell. */
  readonly synchronized: boolean | undefined;
}

/** The user that this process is. */
export interface UserFacts {
  readonly id: number;
}

/** What is turned on by which the kernel itself moves pages of containers, whatever their `cpuset.mems`. */
export interface PageMoveFacts {
  /** When a NUMA node runs short, the kernel moves pages to a slower one. */
  readonly demotion: boolean;
  /** The kernel makes one page of equal ones of several NUMA nodes (KSM). */
  readonly mergingAcrossNodes: boolean;
}

/**
 * What a node is like, as far as this process can see it. Nothing is changed by looking, and each method is bounded in
 * time.
 */
export interface NodeFacts {
  /** Where memory and hugepages are. */
  readonly topology: TopologySource;
  /** The hierarchy with the pods' hugetlb limits. */
  cgroups(): Promise<CgroupFacts>;
  /** `uname -r`; undefined when it cannot be read. */
  kernelRelease(): Promise<string | undefined>;
  pageMoves(): Promise<PageMoveFacts>;
  kubelet(): Promise<KubeletFacts>;
  runtime(): Promise<RuntimeFacts>;
  /** Undefined where it cannot be asked. */
  ociRuntime(): Promise<OciRuntimeFacts | undefined>;
  nriSocket(): Promise<NriSocketFacts>;
  /** Where the driver writes CDI files. */
  cdiDirectory(): Promise<DirectoryFact>;
  user(): UserFacts;
  clock(): ClockFacts;
}
